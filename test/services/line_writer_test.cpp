#include "services/log/line_writer.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace strowger::services;

namespace fs = std::filesystem;

TEST_CASE("lines are in the file, in order, after a flush") {
  scratch_folder folder;
  auto path = folder.file("deep/er/log");
  auto opened = line_writer::open(path);
  REQUIRE_MESSAGE(opened.writer, opened.error);
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    auto line = "line " + std::to_string(i) + "\n";
    CHECK(opened.writer->append(line));
    expected += line;
  }
  opened.writer->flush();
  CHECK(read_file(path) == expected);
  CHECK(opened.writer->dropped() == 0);
  CHECK(opened.writer->last_error().empty());
}

TEST_CASE(
  "lines reach the file without a flush, and at the latest at the end") {
  scratch_folder folder;
  auto path = folder.file("log");
  auto opened = line_writer::open(path);
  REQUIRE(opened.writer);
  opened.writer->append("one\n");
  REQUIRE(eventually([&] { return read_file(path) == "one\n"; }));
  opened.writer->append("two\n");
  opened.writer.reset();
  CHECK(read_file(path) == "one\ntwo\n");
}

TEST_CASE("a file is continued, not overwritten") {
  scratch_folder folder;
  auto path = folder.file("log");
  line_writer::open(path).writer->append("one\n");
  line_writer::open(path).writer->append("two\n");
  CHECK(read_file(path) == "one\ntwo\n");
}

TEST_CASE("after a reopen lines go to a new file of the old name") {
  scratch_folder folder;
  auto path = folder.file("log");
  auto opened = line_writer::open(path);
  REQUIRE(opened.writer);
  opened.writer->append("one\n");
  opened.writer->flush();
  fs::rename(path, path + ".1");
  opened.writer->append("still the old file\n");
  opened.writer->flush();
  opened.writer->reopen();
  REQUIRE(eventually([&] { return fs::exists(path); }));
  opened.writer->append("two\n");
  opened.writer->flush();
  CHECK(read_file(path + ".1") == "one\nstill the old file\n");
  CHECK(read_file(path) == "two\n");
}

TEST_CASE("a reopen that fails keeps the old file and says why") {
  scratch_folder folder;
  auto path = folder.file("sub/log");
  auto opened = line_writer::open(path);
  REQUIRE(opened.writer);
  opened.writer->flush();
  fs::rename(folder.file("sub"), folder.file("moved"));
  opened.writer->reopen();
  REQUIRE(eventually([&] { return !opened.writer->last_error().empty(); }));
  CHECK(opened.writer->last_error()
        == "cannot reopen " + path + ": No such file or directory");
  opened.writer->append("one\n");
  opened.writer->flush();
  CHECK(read_file(folder.file("moved/log")) == "one\n");
  CHECK(opened.writer->dropped() == 0);
}

TEST_CASE("what cannot be opened is an error that names the file") {
  scratch_folder folder;
  auto opened = line_writer::open(folder.path());
  CHECK_FALSE(opened.writer);
  CHECK(opened.error == "cannot open " + folder.path() + ": Is a directory");
}

TEST_CASE("lines that a full disk refuses are counted, one by one") {
  auto opened = line_writer::open("/dev/full");
  REQUIRE(opened.writer);
  opened.writer->append("one\n");
  opened.writer->append("two\n");
  opened.writer->flush();
  CHECK(opened.writer->dropped() == 2);
  CHECK(opened.writer->last_error()
        == "cannot write to /dev/full: No space left on device");
}

TEST_CASE("when the reader stalls the newest lines are dropped and counted, "
          "and nobody waits") {
  scratch_folder folder;
  auto path = folder.file("pipe");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  auto reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  auto opened = line_writer::open(path, {.bytes_max = 4096, .interval_ms = 1});
  REQUIRE(opened.writer);
  // A pipe takes 64 KiB; then the writer is stuck, and its queue fills up.
  std::string line(99, 'x');
  line += '\n';
  uint64_t kept = 0;
  auto refused = [&] {
    if (!opened.writer->append(line))
      return true;
    ++kept;
    return false;
  };
  REQUIRE(eventually([&] { return refused() && refused() && refused(); }));
  auto dropped = opened.writer->dropped();
  CHECK(dropped >= 3);
  // The reader comes back: what was kept arrives, whole.
  uint64_t bytes = 0;
  std::string chunk(65'536, '\0');
  REQUIRE(eventually([&] {
    auto n = ::read(reader, chunk.data(), chunk.size());
    bytes += n > 0 ? static_cast<uint64_t>(n) : 0;
    return bytes == kept * line.size();
  }));
  opened.writer->flush();
  CHECK(opened.writer->dropped() == dropped);
  opened.writer.reset();
  ::close(reader);
}
