#pragma once

#include "services/config/document_reader.hpp"
#include "services/load/csv.hpp"
#include "services/load/quantity.hpp"
#include "services/load/scenario_reader.hpp"

#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace strowger::services::load {

/// Turns the YAML tree of a scenario, and the CSV files that it names, into a
/// scenario.
class scenario_parser : config::document_reader {
public:
  scenario_parser(const config::yaml_tree& tree, std::string file,
                  file_source files = config::read_file);

  scenario_result read();

private:
  /// The values of a map by their keys.
  class field_map {
  public:
    void set(std::string_view key, const node& value) {
      values_[key] = &value;
    }
    /// Null: the key is not there.
    const node* operator[](std::string_view key) const {
      auto found = values_.find(key);
      return found == values_.end() ? nullptr : found->second;
    }

  private:
    std::map<std::string_view, const node*> values_;
  };

  /// A number of a list, with the password that stands beside it.
  struct listed {
    std::string number;
    std::string password;
  };

  /// Reports what is wrong at one place of a file.
  using blame = std::function<void(std::string)>;

  // -- shapes -----------------------------------------------------------------

  /// The values of a map with known keys; reports which of those that it needs
  /// are not there.
  field_map read_fields(const node& map, std::string_view what,
                        std::span<const std::string_view> keys,
                        std::initializer_list<std::string_view> needed = {});
  /// Of a map with exactly one of these keys, the key; empty after reporting
  /// that there is not one. `known`: all that it may have.
  std::string_view read_choice(const node& map, std::string_view what,
                               std::span<const std::string_view> choices,
                               std::span<const std::string_view> known,
                               field_map& fields);
  std::optional<double> read_quantity(std::string_view what, const node& value,
                                      const quantity_kind& kind);
  /// Same, but 0 is an error.
  std::optional<double> read_positive(std::string_view what, const node& value,
                                      const quantity_kind& kind);
  void read_quantity(std::string_view what, const node* value,
                     const quantity_kind& kind, double& out);
  void read_positive(std::string_view what, const node* value,
                     const quantity_kind& kind, double& out);
  void read_time(std::string_view what, const node* value,
                 std::chrono::milliseconds& out);
  /// A number without a unit, from above 0 to `max`.
  void read_plain(std::string_view what, const node* value, double max,
                  double& out);
  void read_flag(std::string_view what, const node* value, bool& out);
  void read_host_port(std::string_view what, const node* value, int port_min,
                      std::string& out);

  // -- CSV --------------------------------------------------------------------

  /// Calls `visit` for each line of the file that `value` names, unless
  /// something is wrong with its header.
  void read_csv(
    const node& value, std::span<const csv_column> columns,
    const std::function<void(csv_reader&)>& visit,
    const std::function<std::string(const csv_reader&)>& fault_of_header = {});

  // -- the whole --------------------------------------------------------------

  void read_document(const node& root);
  void read_run(const node& map);
  void read_criteria(const node& sequence);
  void read_search(const node& map);
  void check_search(const node& where);

  void read_impairments(const node& sequence);
  void read_impairment(const node& map);
  void read_pattern(std::string_view what, const node& value,
                    traffic::message_pattern& out);

  void check_transport(const field_map& fields);
  void read_tls(const node& map);
  void read_pem(std::string_view what, const node* value, std::string& path,
                std::string& content);

  // -- populations ------------------------------------------------------------

  void read_population(const node& map);
  void read_users(const node& value, traffic::population& x);
  void read_registration(const node& map, traffic::population& x);
  void read_expires(const node* expires, std::chrono::seconds& to);
  void read_subscribing(const node& map, traffic::population& x);
  void read_calling(const node& map, traffic::population& x);
  void read_redial(const node& map, traffic::calling& x);
  void read_answering(const node& map, traffic::population& x);
  void read_codes(const node& sequence, traffic::answering& x);
  void read_code(const node& map, bool alone, traffic::answering& x);
  /// A list of numbers, a range of them, or a CSV file; `left` is how many
  /// there may still be.
  void read_numbers(std::string_view what, const node& value,
                    std::span<const csv_column> columns, size_t& left,
                    const std::function<void(listed, const blame&)>& visit);

  // -- media ------------------------------------------------------------------

  void read_media(const node& map);
  /// `media: off` of a population.
  void read_media_switch(const node& value, traffic::population& x);
  void read_ports(const node& map, traffic::media_plan& x);

  // -- steps ------------------------------------------------------------------

  void read_steps(const node& sequence, std::vector<traffic::step>& out);
  void read_step(const node& value, std::vector<traffic::step>& out);
  void read_argument(const node& value, const field_map& fields,
                     traffic::step& x);
  void check_order(const node& where, const traffic::step& x,
                   const std::vector<traffic::step>& before);

  // -- laws -------------------------------------------------------------------

  void read_law(std::string_view what, const node* value,
                traffic::duration_law& out);
  void read_law(std::string_view what, const node& value,
                traffic::duration_law& out);
  traffic::duration_law::kind read_law_kind(const std::string& what,
                                            std::string_view key,
                                            const node& value);
  traffic::duration_law::empirical read_empirical(std::string_view what,
                                                  const node& value);
  void read_arrivals(const node& map, traffic::calling& x);
  traffic::arrival_law::ramp read_ramp(const node& map);
  traffic::arrival_law::steps read_stairs(const node& sequence);
  traffic::arrival_law::profile read_profile(const node& value);
  traffic::arrival_law::bursts read_bursts(const node& sequence);

  file_source files_; // where those that it names come from
  traffic::scenario value_;
  size_t users_left_;
  size_t numbers_left_;
  std::unordered_map<std::string, std::string> owners_; // number: population
};

} // namespace strowger::services::load
