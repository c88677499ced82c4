#pragma once

#include "actors/traffic/duration_law.hpp"
#include "actors/traffic/message_kind.hpp"
#include "actors/traffic/random.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a bad network does to the messages of a generator, by the seed.
namespace strowger::traffic {

/// Which way a message goes, as the generator sees it.
enum class direction : std::uint8_t { sent, received };
inline constexpr std::array<std::string_view, 2> direction_names{"sent",
                                                                 "received"};

/// What happens to messages of some kinds. Chances are from 0 to 1.
struct impairment_rule {
  direction way = direction::sent;
  message_pattern what;
  double lose = 0;
  double duplicate = 0;
  double reorder = 0; // let the next message overtake it
  duration_law delay; // unset: none
};

/// What happens to one message. One that is lost is nothing else; one that is
/// held back is not delayed besides.
struct message_fate {
  bool lost = false;
  bool duplicated = false; // the copy follows at once
  bool held_back = false;
  model::duration delay{0};
};

/// What has been done to messages of one kind and direction.
struct impairment_counts {
  std::uint64_t messages = 0; // that a rule was about
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t reordered = 0;
  std::uint64_t delayed = 0;

  bool operator==(const impairment_counts&) const = default;
};

using impairment_tally
  = std::map<std::pair<direction, message_kind>, impairment_counts>;

void merge(impairment_tally& into, const impairment_tally& x);

/// The key of a tally that reports call so ("sent", "200 INVITE"); nothing if
/// there is no such direction or kind.
std::optional<impairment_tally::key_type>
parse_impaired(std::string_view way, std::string_view message);

/// Says what happens to each message. The first rule that fits a message
/// decides. Every kind of message in each direction has a stream of chance of
/// its own: how many others go by changes nothing for it.
class impairments {
public:
  /// A message that is held back waits for the next one, but not longer than
  /// this. T1 of RFC 3261 is 500 ms: it is not to be sent again meanwhile.
  static constexpr model::duration held_at_most = std::chrono::milliseconds{
    200};

  /// `label` tells generators of one seed apart.
  impairments(std::vector<impairment_rule> rules, std::uint64_t seed,
              std::string label);

  message_fate judge(direction way, message_kind what);

  const impairment_tally& done() const {
    return done_;
  }

private:
  struct course {
    const impairment_rule* rule = nullptr; // of rules_; null: none fits
    random_source chance;
  };

  course& course_of(direction way, message_kind what);

  const std::vector<impairment_rule> rules_;
  const std::uint64_t seed_;
  const std::string label_;
  std::map<std::pair<direction, message_kind>, course> courses_;
  impairment_tally done_;
};

} // namespace strowger::traffic
