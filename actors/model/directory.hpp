#pragma once

#include "actors/model/dn_type.hpp"
#include "actors/model/number_plan.hpp"
#include "actors/model/options.hpp"
#include "actors/model/staff.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::model {

/// What is wrong with a number as the user part of an address; empty if
/// nothing.
std::string_view number_fault(std::string_view number);

/// A directory number and the options set on it (never null).
struct dn {
  std::string number;
  dn_type type = dn_type::extension;
  std::shared_ptr<const option_values> options;
  int line = 0; ///< where it stands in the configuration; 0 = nowhere
  int column = 0;
};

/// What is wrong with a configuration, and where.
struct config_error {
  int line = 0;
  int column = 0;
  std::string message;
};

/// Whose options count, the first who sets one: the agent logged in, the DN,
/// the DN that distributed the call. Any of them may be null.
struct option_scope {
  option_scope(const dn* of = nullptr) : device(of) {
    // nop
  }
  option_scope(const agent_login* who, const dn* of,
               const dn* distributed_by = nullptr)
    : agent(who), device(of), origin(distributed_by) {
    // nop
  }

  const agent_login* agent = nullptr;
  const dn* device;
  const dn* origin = nullptr;
};

/// The configuration at one moment: immutable, shared by everybody who reads
/// it, replaced as a whole on reload. Options are looked up in their scope (a
/// DN, as a rule), then application, then default of the table; reading one of
/// another type than the table states is a programmer's error.
class directory {
public:
  /// The DN of this number, or null.
  const dn* find(std::string_view number) const;

  std::span<const dn> dns() const {
    return dns_;
  }

  const std::string& switch_name() const {
    return switch_name_;
  }

  const number_plan& plan() const {
    return plan_;
  }

  /// The service DN of this `service-type` to use first, or null.
  const dn* service(std::string_view service_type) const;

  /// Where Extensions without a contact of their own are, or null.
  const dn* softswitch() const {
    return softswitch_;
  }

  /// Agents, agent groups, places and place groups.
  const model::staff& staff() const {
    return staff_;
  }

  // -- options ----------------------------------------------------------------

  bool flag(option id, option_scope of = {}) const;
  int64_t integer(option id, option_scope of = {}) const;
  /// Text and choices; an empty text where the option is unset.
  const std::string& text(option id, option_scope of = {}) const;
  const std::vector<std::string>& list(option id, option_scope of = {}) const;

  /// True if somebody of the scope or the application sets the option.
  bool is_set(option id, option_scope of = {}) const;

  const option_value& value(option id, option_scope of = {}) const;

  /// The section `extrouter`; its options that have no application level can
  /// be read by the functions above, too.
  const option_values& extrouter() const {
    return extrouter_;
  }

private:
  friend class directory_builder;

  directory() = default;
  size_t slot_of(std::string_view number) const;
  const option_value* find_set(option id, const option_scope& of) const;

  std::string switch_name_;
  std::vector<dn> dns_;
  std::vector<uint32_t> slots_; // open addressing: position in dns_ + 1
  option_values application_;
  option_values extrouter_;
  std::vector<option_value> values_; // of the application, by option
  number_plan plan_;
  std::vector<const dn*> services_; // by priority
  const dn* softswitch_ = nullptr;
  model::staff staff_;
};

/// Collects a configuration, then checks it as a whole.
class directory_builder {
public:
  explicit directory_builder(std::string switch_name = "switch");

  directory_builder& switch_name(std::string name);

  /// Sets an option of the application (section `TServer`); the place is
  /// where errors about it point to.
  directory_builder& set(option id, option_value value, int line = 0,
                         int column = 0);
  /// Sets an option of the section `extrouter`.
  directory_builder& set_extrouter(option id, option_value value);

  directory_builder& add(std::string number, dn_type type,
                         option_values options = {});
  directory_builder& add(dn entry);
  /// Adds the numbers from `first` to `last`, padded with zeros to `width`,
  /// which share the prototype's type, options and place.
  directory_builder& add_range(uint64_t first, uint64_t last, size_t width,
                               const dn& prototype);

  /// Takes agents, agent groups, places and place groups.
  staff_builder& staff() {
    return staff_;
  }

  /// The directory, or null if errors() is not empty. The builder is empty
  /// afterwards.
  std::shared_ptr<const directory> build();

  const std::vector<config_error>& errors() const {
    return errors_;
  }

private:
  struct setting {
    option id;
    int line;
    int column;
  };

  void fail(const dn& where, std::string message);
  void fail(option where, std::string message);
  void index_dns();
  void check_number(const dn& entry);
  void check_options(const dn& entry);
  void check_prefixes(const dn& entry);
  void check_application();
  void add_routes();

  std::shared_ptr<directory> result_;
  staff_builder staff_;
  std::vector<setting> settings_; // of the application
  std::vector<config_error> errors_;
};

} // namespace strowger::model
