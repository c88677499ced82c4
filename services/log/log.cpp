#include "services/log/log.hpp"

#include "services/log/line_format.hpp"

#include <spdlog/sinks/base_sink.h>

#include <utility>

namespace strowger::services {

namespace {

void append_level(text_buffer& out, spdlog::level::level_enum level) {
  auto name = spdlog::level::to_string_view(level);
  out.append(name.data(), name.data() + name.size());
}

/// A sync sink is right although the switch must not wait: all it does is to
/// format (about a microsecond) and to append to the writer's buffer. spdlog's
/// own asynchronous queue would wake its thread for every single line.
class writer_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  writer_sink(std::shared_ptr<line_writer> writer, bool json)
    : writer_(std::move(writer)), json_(json) {
    // nop
  }

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string_view text{message.payload.data(), message.payload.size()};
    buffer_.clear();
    if (json_)
      format_json(message, text);
    else
      format_text(message, text);
    buffer_.push_back('\n');
    writer_->append({buffer_.data(), buffer_.size()});
  }

  void flush_() override {
    // nop: the writer flushes by its own interval
  }

private:
  void format_text(const spdlog::details::log_msg& message,
                   std::string_view text) {
    time_.append(buffer_, message.time);
    buffer_.push_back(' ');
    append_level(buffer_, message.level);
    buffer_.push_back(' ');
    append_visible(buffer_, text);
  }

  void format_json(const spdlog::details::log_msg& message,
                   std::string_view text) {
    append(buffer_, "{\"time\":\"");
    time_.append(buffer_, message.time);
    append(buffer_, "\",\"level\":\"");
    append_level(buffer_, message.level);
    append(buffer_, "\",");
    constexpr size_t id_digits = 16;
    constexpr std::string_view prefix = "call=";
    if (text.starts_with(prefix) && text.size() >= prefix.size() + id_digits) {
      append(buffer_, "\"call\":");
      append_json(buffer_, text.substr(prefix.size(), id_digits));
      append(buffer_, ",");
      text.remove_prefix(prefix.size() + id_digits);
      if (text.starts_with(' '))
        text.remove_prefix(1);
    }
    append_members(buffer_, text);
    buffer_.push_back('}');
  }

  std::shared_ptr<line_writer> writer_;
  bool json_;
  time_format time_;
  text_buffer buffer_;
};

} // namespace

log_output open_log(const config::log_settings& settings,
                    line_writer_limits limits) {
  log_output result;
  auto opened = line_writer::open(settings.file, limits);
  if (!opened.writer) {
    result.error = std::move(opened.error);
    return result;
  }
  result.writer = std::move(opened.writer);
  auto sink = std::make_shared<writer_sink>(result.writer,
                                            settings.format == "json");
  result.logger = std::make_shared<spdlog::logger>("strowger", std::move(sink));
  result.logger->set_level(spdlog::level::from_str(settings.level));
  return result;
}

} // namespace strowger::services
