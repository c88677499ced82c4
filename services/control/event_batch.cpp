#include "services/control/event_batch.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cassert>

namespace strowger::services::control {

namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr uint32_t tag(int field, WireFormatLite::WireType type) {
  return WireFormatLite::MakeTag(field, type);
}

constexpr auto event_tag = tag(api::EventBatch::kEventsFieldNumber,
                               WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
constexpr auto last_tag = tag(api::EventBatch::kLastSequenceFieldNumber,
                              WireFormatLite::WIRETYPE_VARINT);
constexpr auto batch_tag = tag(api::SubscribeResponse::kEventsFieldNumber,
                               WireFormatLite::WIRETYPE_LENGTH_DELIMITED);

} // namespace

void event_writer::append(event_batch& to, uint64_t sequence,
                          const model::journal_event& x) {
  assert(to.empty() || sequence == to.last() + 1);
  if (to.empty())
    to.first = sequence;
  event_.Clear();
  to_api(sequence, x, clock_, event_);
  auto size = event_.ByteSizeLong();
  auto before = to.bytes.size();
  auto head = CodedOutputStream::VarintSize32(event_tag)
              + CodedOutputStream::VarintSize64(size);
  to.bytes.resize(before + head + size);
  auto* at = reinterpret_cast<uint8_t*>(to.bytes.data() + before);
  at = CodedOutputStream::WriteVarint32ToArray(event_tag, at);
  at = CodedOutputStream::WriteVarint64ToArray(size, at);
  event_.SerializeWithCachedSizesToArray(at);
  to.marks.push_back(
    {x.type, x.call, x.previous_call, x.this_dn, to.bytes.size()});
}

grpc::ByteBuffer events_message(std::string_view bytes, uint64_t last) {
  auto inner = bytes.size() + CodedOutputStream::VarintSize32(last_tag)
               + CodedOutputStream::VarintSize64(last);
  auto head = CodedOutputStream::VarintSize32(batch_tag)
              + CodedOutputStream::VarintSize64(inner);
  grpc::Slice slice{head + inner};
  auto* at = const_cast<uint8_t*>(slice.begin());
  at = CodedOutputStream::WriteVarint32ToArray(batch_tag, at);
  at = CodedOutputStream::WriteVarint64ToArray(inner, at);
  at = CodedOutputStream::WriteRawToArray(bytes.data(),
                                          static_cast<int>(bytes.size()), at);
  at = CodedOutputStream::WriteVarint32ToArray(last_tag, at);
  CodedOutputStream::WriteVarint64ToArray(last, at);
  return {&slice, 1};
}

grpc::ByteBuffer to_bytes(const google::protobuf::MessageLite& x) {
  auto size = x.ByteSizeLong();
  grpc::Slice slice{size};
  x.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return {&slice, 1};
}

} // namespace strowger::services::control
