#pragma once

#include "services/control/event_filter.hpp"
#include "services/control/state_image.hpp"

#include <cstddef>
#include <memory>

namespace strowger::services::control {

/// Serialises a snapshot part by part, as fast as its reader takes them.
class snapshot_writer {
public:
  /// The filter must outlive the writer.
  snapshot_writer(std::shared_ptr<state_image> image,
                  const event_filter& filter)
    : image_(std::move(image)), filter_(&filter) {
    // nop
  }

  /// The next part, a SubscribeResponse; the last one has `last` set, and
  /// nothing may be asked after it.
  grpc::ByteBuffer next();

  bool done() const {
    return done_;
  }
  uint64_t sequence() const {
    return image_->sequence;
  }

private:
  size_t add_dns(api::Snapshot& to, size_t room);
  void add_calls(api::Snapshot& to, size_t room);

  std::shared_ptr<state_image> image_;
  const event_filter* filter_;
  size_t dn_ = 0;   // next of the configuration
  size_t call_ = 0; // next of the ledger
  bool done_ = false;
};

} // namespace strowger::services::control
