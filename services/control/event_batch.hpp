#pragma once

#include "actors/model/directory.hpp"
#include "services/control/words.hpp"

#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::control {

/// What a filter looks at, and where the bytes of the event end.
struct event_mark {
  model::event_type type = model::event_type::dialing;
  model::call_id call;
  model::call_id previous_call;
  std::string this_dn;
  size_t end = 0;
};

/// Consecutive events, each serialised once, however many subscribers there
/// are. The bytes are those of EventBatch.events.
struct event_batch {
  uint64_t first = 1; // sequence number of the first event
  std::string bytes;
  std::vector<event_mark> marks;
  std::shared_ptr<const model::directory> config; // as of then

  bool empty() const {
    return marks.empty();
  }
  /// Sequence number of the last event.
  uint64_t last() const {
    return first + marks.size() - 1;
  }
};

/// Serialises events; keeps its memory from one to the next.
class event_writer {
public:
  explicit event_writer(wall_clock clock) : clock_(clock) {
    // nop
  }

  void append(event_batch& to, uint64_t sequence,
              const model::journal_event& x);

private:
  wall_clock clock_;
  api::Event event_;
};

/// A SubscribeResponse with these bytes of EventBatch.events.
grpc::ByteBuffer events_message(std::string_view bytes, uint64_t last);

/// The bytes of any message.
grpc::ByteBuffer to_bytes(const google::protobuf::MessageLite& x);

} // namespace strowger::services::control
