#include "services/cdr/cdr.hpp"

#include <algorithm>

namespace strowger::services {

namespace {

void append_number(text_buffer& out, int64_t x) {
  fmt::format_int text{x};
  append(out, {text.data(), text.size()});
}

void append_text(text_buffer& out, std::string_view key,
                 std::string_view value) {
  append(out, key);
  append_json(out, value);
}

void append_leg(text_buffer& out, const model::record_leg& x) {
  append_text(out, "{\"device\":", x.device);
  append_text(out, ",\"number\":", x.number);
  append_text(out, ",\"address\":", x.address);
  append_text(out, ",\"sip_call_id\":", x.sip_call_id);
  append(out, "}");
}

} // namespace

int64_t elapsed_ms(model::time_point from, model::time_point to) {
  if (from == model::never || to == model::never || to < from)
    return 0;
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from)
    .count();
}

void cdr_format::append_time(text_buffer& out, std::string_view key,
                             model::time_point t) {
  services::append(out, key);
  if (t == model::never) {
    services::append(out, "null");
    return;
  }
  out.push_back('"');
  time_.append(out, clock_.at(t));
  out.push_back('"');
}

void cdr_format::append(text_buffer& out, const model::call_record& x) {
  using services::append;
  append(out, "{\"call\":\"");
  append_call_id(out, x.call.value);
  append_text(out, "\",\"type\":", to_string(x.call_type));
  append_text(out, ",\"result\":", to_string(x.result));
  append_text(out, ",\"released_by\":", to_string(x.released_by));
  append(out, ",\"status\":");
  append_number(out, x.status);
  append(out, ",\"redirections\":");
  append_number(out, x.redirections);
  append(out, ",\"origin\":");
  append_leg(out, x.origin);
  append(out, ",\"destination\":");
  append_leg(out, x.destination);
  append_time(out, ",\"started\":", x.started);
  append_time(out, ",\"invited\":", x.invited);
  append_time(out, ",\"alerted\":", x.alerted);
  append_time(out, ",\"answered\":", x.answered);
  append_time(out, ",\"ended\":", x.ended);
  append(out, ",\"setup_ms\":");
  if (x.answered == model::never)
    append(out, "null");
  else
    append_number(out, elapsed_ms(x.started, x.answered));
  append(out, ",\"ring_ms\":");
  append_number(out, elapsed_ms(x.alerted, std::min(x.answered, x.ended)));
  append(out, ",\"talk_ms\":");
  append_number(out, elapsed_ms(x.answered, x.ended));
  append(out, "}\n");
}

} // namespace strowger::services
