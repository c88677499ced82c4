#include "services/serve/outlets_hub.hpp"

#include "actors/model/bindings.hpp"

#include <algorithm>
#include <utility>

namespace strowger::services {

namespace {

spdlog::level::level_enum level_of(severity s) {
  switch (s) {
    case severity::debug:
      return spdlog::level::debug;
    case severity::info:
      return spdlog::level::info;
    case severity::warning:
      return spdlog::level::warn;
    case severity::error:
      return spdlog::level::err;
  }
  return spdlog::level::off;
}

void append_number(text_buffer& out, std::string_view key, uint64_t x) {
  out.push_back(' ');
  append(out, key);
  out.push_back('=');
  fmt::format_int text{x};
  append(out, {text.data(), text.size()});
}

} // namespace

// -- bindings -----------------------------------------------------------------

std::vector<stored_binding> to_rows(const std::string& dn,
                                    const std::vector<model::binding>& xs,
                                    const wall_clock& clock) {
  std::vector<stored_binding> rows;
  rows.reserve(xs.size());
  for (auto& x : xs) {
    auto expires = clock.at(x.expires).time_since_epoch();
    rows.push_back({
      .dn = dn,
      .contact = x.contact_uri,
      .params = x.params,
      .received = x.received,
      .call_id = x.call_id,
      .cseq = x.cseq,
      .path = x.path,
      .q_thousandths = x.q_thousandths,
      .expires_unix_s
      = std::chrono::ceil<std::chrono::seconds>(expires).count(),
      .user_agent = x.user_agent,
    });
  }
  return rows;
}

model::binding to_binding(const stored_binding& row, const wall_clock& clock,
                          model::time_point now) {
  model::binding x;
  x.contact_uri = row.contact;
  x.params = row.params;
  x.received = row.received;
  x.call_id = row.call_id;
  x.cseq = row.cseq;
  x.path = row.path;
  x.q_thousandths = row.q_thousandths;
  x.expires = clock.from(wall_time{std::chrono::seconds{row.expires_unix_s}});
  x.updated = now;
  x.user_agent = row.user_agent;
  return x;
}

// -- the hub ------------------------------------------------------------------

outlets_hub::outlets_hub(std::shared_ptr<spdlog::logger> logger,
                         std::shared_ptr<line_writer> records,
                         std::shared_ptr<store> database, wall_clock clock)
  : logger_(std::move(logger)), records_(std::move(records)),
    database_(std::move(database)), clock_(clock), cdr_(clock) {
  // nop
}

void outlets_hub::event(uint64_t sequence, const model::journal_event& x) {
  if (!wants(severity::debug))
    return;
  begin_line(x.call);
  append(line_, to_string(x.type));
  append_number(line_, "sequence", sequence);
  append_field(line_, "type", to_string(x.call_type));
  append_field(line_, "state", to_string(x.call_state));
  append_field(line_, "this_dn", x.this_dn);
  if (x.this_role != model::dn_role::none)
    append_field(line_, "this_role", to_string(x.this_role));
  append_field(line_, "other_dn", x.other_dn);
  append_field(line_, "third_party_dn", x.third_party_dn);
  append_field(line_, "this_queue", x.this_queue);
  append_field(line_, "ani", x.ani);
  append_field(line_, "dnis", x.dnis);
  end_line(severity::debug);
}

void outlets_hub::record(const model::call_record& x) {
  if (records_) {
    line_.clear();
    cdr_.append(line_, x);
    records_->append({line_.data(), line_.size()});
  }
  if (!wants(severity::info))
    return;
  begin_line(x.call);
  append(line_, "ended");
  append_field(line_, "result", to_string(x.result));
  append_number(line_, "status", x.status);
  append_field(line_, "released_by", to_string(x.released_by));
  append_field(line_, "type", to_string(x.call_type));
  append_field(line_, "from", x.origin.number);
  append_field(line_, "from_device", x.origin.device);
  append_field(line_, "to", x.destination.number);
  append_field(line_, "to_device", x.destination.device);
  append_number(line_, "ring_ms",
                static_cast<uint64_t>(
                  elapsed_ms(x.alerted, std::min(x.answered, x.ended))));
  append_number(line_, "talk_ms",
                static_cast<uint64_t>(elapsed_ms(x.answered, x.ended)));
  end_line(severity::info);
}

void outlets_hub::bindings(const std::string& dn,
                           const std::vector<model::binding>& xs) {
  if (database_)
    database_->save(dn, to_rows(dn, xs, clock_));
}

void outlets_hub::log(severity s, model::call_id call, std::string_view text) {
  if (!wants(s))
    return;
  begin_line(call);
  append(line_, text);
  end_line(s);
}

bool outlets_hub::wants(severity s) const {
  return logger_->should_log(level_of(s));
}

void outlets_hub::begin_line(model::call_id call) {
  line_.clear();
  if (call.value == 0)
    return;
  append(line_, "call=");
  append_call_id(line_, call.value);
  line_.push_back(' ');
}

void outlets_hub::end_line(severity s) {
  logger_->log(level_of(s), spdlog::string_view_t{line_.data(), line_.size()});
}

} // namespace strowger::services
