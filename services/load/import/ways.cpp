#include "services/load/import/ways.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <utility>

namespace strowger::services::load::sipp {

namespace {

constexpr std::size_t max_ways = 64;

/// Is it one of the steps that a call plays, one after the other?
bool is_step(const element& x) {
  for (auto name : {"send", "recv", "pause", "timewait", "nop", "sendCmd",
                    "recvCmd", "label"})
    if (x.name == name)
      return true;
  return false;
}

class walker {
public:
  explicit walker(const document& of) : of_(of) {
    for (auto i : of.steps())
      if (is_step(of.elements[i])) {
        if (auto id = of.elements[i].find("id");
            id && of.elements[i].name == "label")
          labels_.emplace(*id, steps_.size());
        steps_.push_back(i);
      }
  }

  /// Not recursive: how often it turns is up to the file.
  std::vector<way> walk() {
    std::vector<std::pair<way, std::size_t>> open{{way{}, 0}};
    std::vector<way> done;
    while (!open.empty() && done.size() < max_ways) {
      auto [here, at] = std::move(open.back());
      open.pop_back();
      while (true) {
        if (at == steps_.size()) {
          done.push_back(std::move(here));
          break;
        }
        if (std::ranges::find(here.steps, steps_[at]) != here.steps.end()) {
          here.loop = here.steps.back();
          done.push_back(std::move(here));
          break;
        }
        at = step(here, at, open);
      }
    }
    return done;
  }

private:
  using branch = std::pair<way, std::size_t>;

  /// Goes on to the next step; the other way, if there is one, is left to be
  /// gone later.
  std::size_t step(way& here, std::size_t at, std::vector<branch>& open) const {
    auto& x = of_.elements[steps_[at]];
    here.steps.push_back(steps_[at]);
    auto next = x.find("next");
    auto label = next ? labels_.find(*next) : labels_.end();
    if (label == labels_.end())
      return at + 1;
    auto may_go_on = x.find("test") || x.find("chance") || is_optional(x);
    if (!may_go_on)
      return label->second;
    if (open.size() < max_ways) {
      auto jumping = here;
      turn_to(jumping, steps_[at], true);
      open.emplace_back(std::move(jumping), label->second);
    }
    turn_to(here, steps_[at], false);
    return at + 1;
  }

  void turn_to(way& x, std::size_t element, bool jumps) const {
    auto& at = of_.elements[element];
    x.turns.push_back({element, jumps});
    auto text = at.find("chance");
    double chance = 0;
    auto is_number
      = text
        && std::from_chars(text->data(), text->data() + text->size(), chance).ec
             == std::errc{};
    if (is_number && !at.find("test") && !is_optional(at))
      x.chance *= std::clamp(jumps ? chance : 1 - chance, 0., 1.);
    else
      x.is_drawn = false;
  }

  static bool is_optional(const element& x) {
    auto value = x.find("optional");
    return value && *value != "false";
  }

  const document& of_;
  std::vector<std::size_t> steps_;
  std::map<std::string, std::size_t, std::less<>> labels_;
};

} // namespace

std::vector<way> find_ways(const document& of) {
  return walker(of).walk();
}

} // namespace strowger::services::load::sipp
