#pragma once

#include "actors/outlets.hpp"
#include "services/cdr/cdr.hpp"
#include "services/log/log.hpp"
#include "services/store/store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace strowger::services {

/// Bindings as the store keeps them, and back. The store has wall-clock times,
/// as the switch's own clock starts anew with every process.
std::vector<stored_binding> to_rows(const std::string& dn,
                                    const std::vector<model::binding>& xs,
                                    const wall_clock& clock);
/// `now` orders bindings of equal q as they were saved.
model::binding to_binding(const stored_binding& row, const wall_clock& clock,
                          model::time_point now);

/// Where everything goes that the switch has to tell: events and lines to the
/// log, calls to the call records, bindings to the store. Nothing here waits:
/// the log and the records have their writers' threads, the store its own.
class outlets_hub final : public outlets {
public:
  /// `records` and `database` may be null: nothing is kept then.
  outlets_hub(std::shared_ptr<spdlog::logger> logger,
              std::shared_ptr<line_writer> records,
              std::shared_ptr<store> database, wall_clock clock);

  void event(uint64_t sequence, const model::journal_event& x) override;
  void record(const model::call_record& x) override;
  void bindings(const std::string& dn,
                const std::vector<model::binding>& xs) override;
  void log(severity s, model::call_id call, std::string_view text) override;
  bool wants(severity s) const override;

private:
  void begin_line(model::call_id call);
  void end_line(severity s);

  std::shared_ptr<spdlog::logger> logger_;
  std::shared_ptr<line_writer> records_;
  std::shared_ptr<store> database_;
  wall_clock clock_;
  cdr_format cdr_;
  text_buffer line_; // reused: the reactor's thread is the only one here
};

} // namespace strowger::services
