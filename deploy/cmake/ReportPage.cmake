# Makes the page of strowger load's HTML report, and a source that holds it:
#   cmake -D FROM=services/load/report -D FOLDER=... -D OUT=report_page.cpp
#         -D NODE=... -D NPM=... -P ReportPage.cmake
# A build without npm, or without a way to its registry, is a build without HTML
# reports: the page is then empty, and the program says so when it is asked.
set(page ${FOLDER}/page.html)
set(bytes "")
set(problem "")

if(NOT NODE OR NOT NPM)
  set(problem "there is no node or no npm")
else()
  file(MAKE_DIRECTORY ${FOLDER})
  foreach(file package.json package-lock.json .npmrc)
    file(COPY_FILE ${FROM}/${file} ${FOLDER}/${file} ONLY_IF_DIFFERENT)
  endforeach()
  execute_process(
    COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline
    WORKING_DIRECTORY ${FOLDER} RESULT_VARIABLE failed
    OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(failed)
    set(problem "npm ci failed:\n${said}")
  else()
    execute_process(COMMAND ${NODE} ${FROM}/build.mjs ${FOLDER} ${page}
      COMMAND_ERROR_IS_FATAL ANY)
    file(READ ${page} bytes HEX)
    string(REPEAT "[0-9a-f]" 24 twelve_bytes)
    string(REGEX REPLACE "(${twelve_bytes})" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  endif()
endif()

if(problem)
  message("-- HTML load reports are left out: ${problem}")
endif()
# The empty last byte keeps the array from having no size.
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
#include "services/load/report_page.hpp"

namespace strowger::services::load {

namespace {

constexpr char bytes[] = {
@bytes@ '\0'};

} // namespace

const std::string_view report_page{bytes, sizeof bytes - 1};

} // namespace strowger::services::load
]])
if(problem)
  # Older than what it is made of: the next build tries again.
  execute_process(COMMAND ${CMAKE_COMMAND} -E touch ${FOLDER}.wanted)
endif()
