#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger::services::torture {

/// What a request has to know of both ends.
struct surroundings {
  std::string device;            // host:port, for URIs
  std::string user = "torture";  // who is called there
  std::string own;               // host:port where we listen
  std::string transport = "UDP"; // in the Via
  std::string token;             // ends branch and Call-ID, makes them fresh
};

/// A message as long as it still has parts that one can spoil one by one.
struct draft {
  std::string first_line;
  std::vector<std::pair<std::string, std::string>> headers; // in order
  std::string body;

  /// The value of the first header of that name; it has to be there.
  std::string& operator[](std::string_view name);

  void add(std::string name, std::string value);

  /// Removes every header of that name.
  void remove(std::string_view name);

  /// The bytes, with the body's Content-Length at the end unless a header of
  /// that name is there.
  std::string bytes() const;
};

/// A request with which nothing is wrong: INVITE (with an offer), REGISTER,
/// SUBSCRIBE, OPTIONS, or any other method outside a dialog.
draft valid_request(std::string_view method, const surroundings& around);

/// Seeded choices that are the same on every machine.
class chooser {
public:
  /// Choices of the n-th of many things: independent of the others.
  chooser(std::uint64_t seed, std::uint64_t n);

  /// 0 … n-1; n is not 0.
  std::size_t below(std::size_t n);

  /// first … last.
  std::size_t between(std::size_t first, std::size_t last);

  template <class List>
  const auto& one_of(const List& list) {
    return std::data(list)[below(std::size(list))];
  }

  char byte();

private:
  std::mt19937_64 engine_;
};

/// `text` so many times.
std::string repeated(std::string_view text, std::size_t times);

} // namespace strowger::services::torture
