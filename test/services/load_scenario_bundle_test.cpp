#include "services/load/scenario_reader.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace strowger::services;

TEST_CASE("a bundle has all that an example names, and reads like it") {
  size_t examples = 0, files = 0;
  for (auto& entry :
       std::filesystem::directory_iterator{"deploy/examples/load"}) {
    if (entry.path().extension() != ".yaml")
      continue;
    CAPTURE(entry.path().string());
    auto direct = load::read_scenario(entry.path().string());
    auto bundle = load::bundle_scenario(entry.path().string());
    REQUIRE(direct.value);
    REQUIRE(bundle);
    auto far = load::read_scenario(*bundle);
    REQUIRE(far.value);
    REQUIRE(far.value->populations.size() == direct.value->populations.size());
    for (size_t i = 0; i < far.value->populations.size(); ++i) {
      auto& one = far.value->populations[i];
      auto& other = direct.value->populations[i];
      CHECK(one.users.size() == other.users.size());
      REQUIRE(one.calls.has_value() == other.calls.has_value());
      if (one.calls)
        CHECK(one.calls->arrivals.what.index()
              == other.calls->arrivals.what.index());
    }
    ++examples;
    files += bundle->files.size();
  }
  CHECK(examples >= 6);
  CHECK(files >= 1);
}

TEST_CASE("who plays a bundle reads no file of its own machine") {
  scratch_folder folder;
  std::ofstream{folder.file("users.csv")} << "number\n2001\n";
  auto text = "load: x\ntarget: 127.0.0.1:5060\nlisten: 127.0.0.1:5080\n"
              "populations:\n  - name: phones\n    users: {csv: "
              + folder.file("users.csv") + "}\n    answers: {}\n";
  CHECK(load::read_scenario_text(text, "x.yaml").value);
  auto read = load::read_scenario(load::scenario_bundle{text, {}});
  REQUIRE(read.errors.size() == 1);
  CHECK(read.errors.front().line == 6);
  CHECK(read.errors.front().message.find("did not come with the scenario")
        != std::string::npos);
}

TEST_CASE("there is no bundle of a file with a mistake, nor of none") {
  scratch_folder folder;
  std::ofstream{folder.file("x.yaml")} << "load: x\n";
  CHECK_FALSE(load::bundle_scenario(folder.file("x.yaml")));
  CHECK_FALSE(load::bundle_scenario(folder.file("y.yaml")));
}
