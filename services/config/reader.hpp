#pragma once

#include "actors/model/directory.hpp"
#include "services/config/config.hpp"
#include "services/config/yaml_tree.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::config {

/// Turns the YAML tree of a configuration into settings. It goes on after an
/// error, so that one run shows them all.
class reader {
public:
  reader(const yaml_tree& tree, std::string file);

  load_result read();

private:
  using node = yaml_node;

  void fail(const node& where, std::string message);

  // -- shapes -----------------------------------------------------------------

  /// Calls `visit(key, value)` for each pair of a map with known keys; `what`
  /// names the map in errors.
  void
  read_map(const node& map, std::string_view what,
           std::span<const std::string_view> keys,
           const std::function<void(const std::string&, const node&)>& visit);
  /// The text of a scalar, or null after reporting that it is none.
  const std::string* scalar(std::string_view what, const node& value);
  void read_text(std::string_view what, const node& value, std::string& out);
  void read_word(std::string_view what, const node& value,
                 std::span<const std::string_view> words, std::string& out);
  void read_address(std::string_view what, const node& value, std::string& out);

  // -- sections ---------------------------------------------------------------

  void read_document(const node& root);
  void read_control(const node& value);
  void read_tls(const node& map);
  void check_control(const node& where);
  void read_log(const node& map);
  void read_cdr(const node& map);
  void read_sections(const node& map);
  void read_dns(const node& sequence);
  void read_dn(const node& map);
  void add_range(const node& numbers, model::dn& prototype);

  // -- options ----------------------------------------------------------------

  using set_option
    = std::function<void(model::option, model::option_value, const node&)>;

  /// Reads the options of one place; `where` names it in errors.
  void read_options(const node& map, model::level_set levels,
                    std::string_view where, const set_option& set);
  void read_option(model::option id, const node& value, const set_option& set);

  const yaml_tree& tree_;
  std::string file_;
  settings settings_;
  bool cdr_file_given_ = false;
  model::directory_builder builder_;
  std::vector<load_error> errors_;
};

} // namespace strowger::services::config
