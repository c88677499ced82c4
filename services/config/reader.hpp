#pragma once

#include "actors/model/directory.hpp"
#include "services/config/config.hpp"
#include "services/config/document_reader.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger::services::config {

/// Turns the YAML tree of a configuration into settings.
class reader : document_reader {
public:
  reader(const yaml_tree& tree, std::string file);

  load_result read();

private:
  void read_address(std::string_view what, const node& value, std::string& out);

  // -- sections ---------------------------------------------------------------

  void read_document(const node& root);
  void read_control(const node& value);
  void read_tls(const node& map);
  void check_control(const node& where);
  void read_log(const node& map);
  void read_cdr(const node& map);
  void read_sections(const node& map);
  void read_dn(const node& map);
  void add_range(const node& numbers, model::dn& prototype);

  // -- agents and places ------------------------------------------------------

  void read_agent(const node& map);
  void read_skills(const node& map,
                   std::vector<std::pair<std::string, int64_t>>& out);
  void read_agent_group(const node& map);
  void read_place(const node& map);
  void read_place_group(const node& map);
  /// The name of an entry and its place; false after reporting that there is
  /// none.
  bool read_name(const node& map, std::string_view what, std::string_view key,
                 const node* value, std::string& out, model::config_place& at);
  /// A list of names and their places; null is an empty one.
  void read_names(std::string_view what, const node* value,
                  std::vector<std::string>& out,
                  std::vector<model::config_place>& at);

  // -- strategies -------------------------------------------------------------

  /// A strategy while it is being read, and where its words stand.
  struct strategy_entry {
    model::group_strategy_settings is;
    std::vector<model::config_place> points_at;
    model::config_place group_at;
    model::config_place overflow_at;
  };

  void read_strategy(const node& map);
  /// The seconds of `overflow-after`.
  void read_wait(const node& value, strategy_entry& x);
  void check_strategies(const model::directory& config);
  void check_point(const model::directory& config, const strategy_entry& x,
                   size_t index);
  using document_reader::fail;
  void fail(model::config_place where, std::string message);

  // -- options ----------------------------------------------------------------

  using set_option
    = std::function<void(model::option, model::option_value, const node&)>;

  /// Reads the options of one place; `where` names it in errors.
  void read_options(const node& map, model::level_set levels,
                    std::string_view where, const set_option& set);
  void read_option(model::option id, const node& value, const set_option& set);

  settings settings_;
  bool cdr_file_given_ = false;
  model::directory_builder builder_;
  std::vector<strategy_entry> strategies_;
};

} // namespace strowger::services::config
