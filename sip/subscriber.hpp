#pragma once

#include "actors/alarm.hpp"
#include "actors/model/subscription.hpp"
#include "actors/wire.hpp"
#include "sip/dialog.hpp"
#include "sip/listeners.hpp"
#include "sip/refusal.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>

struct msg_s;
struct nta_agent_s;
struct nta_outgoing_s;
struct sip_s;

namespace strowger::sip {

class loop;

/// Where a subscription goes; two that are equal are one dialog.
struct subscription_place {
  std::string hop;    // URI to send to until the notifier says where it is
  std::string target; // URI of To
  std::string from;   // URI
  friend bool operator==(const subscription_place&, const subscription_place&)
    = default;
};

/// What is subscribed to (RFC 6665), and as whom.
struct subscription_terms {
  subscription_place where;
  std::string event;  // the package
  std::string accept; // type of its documents
  model::credentials login;
  std::uint32_t expires_s = 0;
};

/// Who wants subscriptions and hears of them, by the numbers it gave them.
class subscription_owner {
public:
  virtual ~subscription_owner() = default;

  /// A NOTIFY has come: what is wrong with its document, or nothing.
  virtual std::optional<refusal> read(std::uint32_t id, const sip_s& notify)
    = 0;
  /// That NOTIFY has been taken.
  virtual void notified(std::uint32_t id, const model::subscription& machine)
    = 0;
  /// A SUBSCRIBE that was due then goes out.
  virtual void sent(std::uint32_t id, model::time_point due) = 0;
  /// Its final response has come; 408 and such also if none did, 0 if it is
  /// not waited for any more.
  virtual void answered(std::uint32_t id, std::uint16_t status) = 0;
  /// After each step; once it has ended and is not wanted, the last one.
  virtual void settled(std::uint32_t id, const model::subscription& machine)
    = 0;
};

/// Keeps subscriptions of one owner: their dialogs, refreshes and NOTIFYs.
class subscriber {
public:
  /// At most so many SUBSCRIBEs go out at once, then none for a while.
  struct pace {
    std::size_t burst = SIZE_MAX;
    model::duration pause{};
  };

  /// The head names this subscriber among those of an edge; it begins the tags
  /// of all its dialogs.
  subscriber(nta_agent_s* agent, const own_address& self, loop& turner,
             caf::actor_system& system, reactor& host,
             subscription_owner& owner, std::string_view tag_head, pace limit);
  ~subscriber();
  subscriber(const subscriber&) = delete;
  subscriber& operator=(const subscriber&) = delete;

  /// It is wanted from then on; there is none of this number.
  void begin(std::uint32_t id, subscription_terms&& terms,
             model::time_point first);
  /// Another Expires and login, from the next SUBSCRIBE on.
  void change(std::uint32_t id, model::credentials&& login,
              std::uint32_t expires_s);
  /// It is not wanted any more.
  void end(std::uint32_t id);
  /// To be called after one of them: sends what is due by and by.
  void arm();

  /// Answers a NOTIFY in the dialog of a subscription; false, and nothing
  /// else, if there is none of this dialog.
  bool receive(msg_s* message, const sip_s& request);

  /// Leaves every subscription without waiting for answers, all of them at
  /// once: a datagram lost there costs the notifier until Expires. To be called
  /// before the agent goes.
  void close();

private:
  struct one;

  static int on_response(void* magic, nta_outgoing_s* transaction,
                         const sip_s* response);

  // -- life (subscriber.cpp) --------------------------------------------------
  void tick();
  void settle(one& x);

  // -- messages (subscriber_messages.cpp) -------------------------------------
  void open_dialog(one& x);
  void send(one& x, model::subscription_request what);
  bool transmit(one& x);
  void forget_request(one& x);
  void give_up_request(one& x);
  void receive_response(one& x, const sip_s* response, std::uint16_t status);
  bool answer_challenge(one& x, const sip_s& response);
  one* find(const sip_s& notify);
  std::optional<refusal> judge(const one& x, const sip_s& notify) const;
  std::string make_tag(std::uint32_t id);
  std::optional<std::uint32_t> id_in(const char* tag) const;

  nta_agent_s* agent_;
  const own_address& self_;
  loop& loop_;
  caf::actor_system& system_;
  reactor& reactor_;
  subscription_owner& owner_;
  std::string tag_head_;
  pace pace_;

  std::map<std::uint32_t, std::unique_ptr<one>> all_;
  std::set<std::pair<model::time_point, std::uint32_t>> due_;
  model::time_point paused_until_{};
  deadline_listener watcher_;
  alarm wake_;
  std::mt19937_64 random_;
};

} // namespace strowger::sip
