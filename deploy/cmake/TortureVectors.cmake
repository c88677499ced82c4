# Makes a source that holds the messages of strowger torture, byte by byte:
#   cmake -D FROM=services/torture -D OUT=vectors.cpp -P TortureVectors.cmake
set(arrays "")
set(table "")
foreach(rfc rfc4475 rfc5118)
  file(GLOB files ${FROM}/${rfc}/*.dat)
  list(SORT files)
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    string(MAKE_C_IDENTIFIER ${rfc}_${name} identifier)
    file(READ ${file} bytes HEX)
    string(REPEAT "[0-9a-f]" 24 twelve_bytes)
    string(REGEX REPLACE "(${twelve_bytes})" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND arrays "constexpr char ${identifier}[] = {\n${bytes}};\n")
    string(APPEND table "  {\"${rfc}\", \"${name}\", "
      "{${identifier}, sizeof ${identifier}}},\n")
  endforeach()
endforeach()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
#include "services/torture/vectors.hpp"

namespace strowger::services::torture {

namespace {

@arrays@
constexpr test_vector all[] = {
@table@};

} // namespace

std::span<const test_vector> test_vectors() {
  return all;
}

} // namespace strowger::services::torture
]])
