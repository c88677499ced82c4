#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

namespace strowger::services::torture {

/// Which answers are fine. Written as words: `none` (no answer), `any`, a class
/// such as `4xx`, a status code such as `404`; `!400` takes out what the others
/// put in. A call that rings is answered by `1xx`.
class answer_set {
public:
  /// Nothing if a word is none of these.
  static std::optional<answer_set> parse(std::string_view words);

  /// `status` is 100 to 699, or nothing for no answer.
  bool has(std::optional<int> status) const;

private:
  std::bitset<700> statuses_; // 0 stands for no answer
};

/// What a message should get. The words are answer_set's.
struct expectation {
  std::string good;
  std::string allowed; // is a remark, not a failure; may be empty
  std::string why;     // one line
};

} // namespace strowger::services::torture
