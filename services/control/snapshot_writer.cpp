#include "services/control/snapshot_writer.hpp"

#include <cassert>

namespace strowger::services::control {

namespace {

// Far below the 4 MiB that clients of gRPC take by default, also when the last
// call of a part has all the user data that a call may have.
constexpr size_t part_bytes = 256 * 1024;

} // namespace

grpc::ByteBuffer snapshot_writer::next() {
  assert(!done_);
  api::SubscribeResponse message;
  auto& part = *message.mutable_snapshot();
  part.set_journal_id(image_->journal_id);
  part.set_sequence(image_->sequence);
  auto used = add_dns(part, part_bytes);
  if (used < part_bytes)
    add_calls(part, part_bytes - used);
  done_ = dn_ == image_->config->dns().size()
          && call_ == image_->ledger().calls.size();
  part.set_last(done_);
  return to_bytes(message);
}

size_t snapshot_writer::add_dns(api::Snapshot& to, size_t room) {
  auto dns = image_->config->dns();
  auto& ledger = image_->ledger();
  size_t used = 0;
  for (; dn_ < dns.size() && used < room; ++dn_) {
    auto& dn = dns[dn_];
    if (!filter_->wants_dn(dn))
      continue;
    auto& out = *to.add_dns();
    to_api(dn, ledger.find(dn.number), image_->clock, out);
    used += out.ByteSizeLong();
  }
  return used;
}

void snapshot_writer::add_calls(api::Snapshot& to, size_t room) {
  auto& calls = image_->ledger().calls;
  for (size_t used = 0; call_ < calls.size() && used < room; ++call_) {
    auto& call = *calls[call_];
    auto all = filter_->wants_call(call.id);
    api::Call out;
    for (auto& party : call.parties)
      if (all || filter_->wants_party(party.dn, *image_->config))
        to_api(party, image_->clock, *out.add_parties());
    if (!all && out.parties().empty())
      continue;
    to_api(call, image_->clock, out);
    used += out.ByteSizeLong();
    *to.add_calls() = std::move(out);
  }
}

} // namespace strowger::services::control
