#pragma once

#include "actors/exchange.hpp"
#include "test/actors/turntable.hpp"

#include <map>
#include <string>
#include <variant>
#include <vector>

/// A wire that only writes down what it is asked to do, and outlets that only
/// remember, for tests of the exchange and its actors in virtual time.
namespace strowger::test {

struct paper_wire final : wire {
  struct line {
    model::call_id call;
    model::command what;
  };
  std::vector<model::call_id> adopted;
  std::vector<line> commands;
  std::vector<model::call_id> closed;
  std::vector<std::string> probes;
  std::vector<probe_listener> askers;
  std::vector<enrolled> answers;

  void adopt(model::call_id call, dialog_user) override {
    adopted.push_back(call);
  }
  void perform(model::call_id call, model::command&& x) override {
    commands.push_back({call, std::move(x)});
  }
  void close(model::call_id call) override {
    closed.push_back(call);
  }
  void probe(const std::string& uri, probe_listener asker) override {
    probes.push_back(uri);
    askers.push_back(std::move(asker));
  }
  void answer(enrolled&& x) override {
    answers.push_back(std::move(x));
  }

  /// The last command of this kind, or nullptr.
  template <class Command>
  const Command* last() const {
    for (auto i = commands.rbegin(); i != commands.rend(); ++i)
      if (auto* x = std::get_if<Command>(&i->what))
        return x;
    return nullptr;
  }
};

struct memory final : outlets {
  std::vector<model::journal_event> events;
  std::vector<uint64_t> numbers;
  std::vector<model::call_record> records;

  void event(uint64_t n, const model::journal_event& x) override {
    numbers.push_back(n);
    events.push_back(x);
  }
  void record(const model::call_record& x) override {
    records.push_back(x);
  }
  void bindings(const std::string&,
                const std::vector<model::binding>&) override {
    // nop
  }
  void log(severity, model::call_id, std::string_view) override {
    // nop
  }
  bool wants(severity) const override {
    return false;
  }
};

/// A whole switch on paper.
struct paper_switch : turntable {
  paper_wire paper;
  memory kept;
  strowger::exchange exchange{system, reactor, kept};

  paper_switch() {
    exchange.attach(paper);
  }
  ~paper_switch() {
    exchange.shut_down();
  }
};

} // namespace strowger::test
