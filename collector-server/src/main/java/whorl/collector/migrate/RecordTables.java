package whorl.collector.migrate;

import java.util.List;
import java.util.Map;

/**
 * Every table of the records, and what a move does with it. A test compares this with the schema,
 * so that a new table is not forgotten.
 */
final class RecordTables {
  /** Copied row by row. */
  static final List<String> COPIED =
      List.of(
          "agent_chains",
          "agent_libraries",
          "agent_owners",
          "agents",
          "alert_acts",
          "alert_groups",
          "alert_mutes",
          "alert_triage",
          "alert_usage",
          "alerts",
          "api_tokens",
          "captures",
          "chain_alerts",
          "chain_manifests",
          "cooldowns",
          "evidence",
          "failed_logins",
          "first_keys",
          "hunt_agents",
          "hunt_captures",
          "hunt_rows",
          "hunts",
          "idempotency_keys",
          "indicator_alerts",
          "indicator_origins",
          "indicators",
          "journal",
          "journal_usage",
          "libraries",
          "library_inventories",
          "lost_agents",
          "notify_events",
          "notify_groups",
          "notify_messages",
          "notify_status",
          "origin_labels",
          "origins",
          "probe_agents",
          "probe_calls",
          "probes",
          "quotas",
          "rule_numbers",
          "rule_sets",
          "rule_states",
          "rule_versions",
          "schedules",
          "storm_rules",
          "usage_totals");

  /** The same; in a data folder they are in {@code cases.db}. */
  static final List<String> COPIED_CASES =
      List.of(
          "case_evidence",
          "case_notes",
          "case_origins",
          "case_tags",
          "cases",
          "row_marks",
          "saved_views");

  /** Tables whose content moves in another way. */
  static final Map<String, String> OTHERWISE =
      Map.ofEntries(
          Map.entry("content_references", "written with each record of evidence"),
          Map.entry("custody_doubts", "with the custody log"),
          Map.entry("custody_entries", "with the custody log"),
          Map.entry("custody_evidence", "follows from the custody log"),
          Map.entry("custody_head", "follows from the custody log"),
          Map.entry("custody_holds", "follows from the custody log"),
          Map.entry("custody_published", "the log is published anew, and continues the checkpoint"),
          Map.entry("custody_stamps", "with the custody log"),
          Map.entry("evidence_records", "written with each record of evidence"),
          Map.entry("upload_evidence", "with the uploads"),
          Map.entry("upload_parts", "with the uploads"),
          Map.entry("uploads", "with the uploads"));

  /** Tables that stay behind, and why nothing is lost. */
  static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("audit_entries", "made anew from the custody log"),
          Map.entry("audit_progress", "made anew from the custody log"),
          Map.entry("collectors", "collectors that run now"),
          Map.entry("connections", "channels that agents have now"),
          Map.entry("content_use", "pins of collectors that run now"),
          Map.entry("custody_end", "the log's end is written at the next start"),
          Map.entry("jobs", "evidence without a timeline is found at the next start"),
          Map.entry("lake", "the lake is made anew from the timelines"),
          Map.entry("lake_removed", "files of the old lake"),
          Map.entry("leases", "tasks of collectors that run now"),
          Map.entry("ledger_versions", "of versions before migrations"),
          Map.entry("limit_locks", "rows that are only locked"),
          Map.entry("missing_evidence", "what is lost is found again by the next recovery"),
          Map.entry("moved_evidence", "of the move itself"),
          Map.entry("moves", "of the move itself"),
          Map.entry("object_store", "the id of the object store of before"),
          Map.entry("recent_exports", "exports of the last minutes; custody has them"),
          Map.entry("recovery_state", "recovery begins anew"),
          Map.entry("row_searches", "searches of the last minutes; people search again"),
          Map.entry("rule_tests", "tests of rules of the last day"),
          Map.entry("schema_history", "of the schema itself"),
          Map.entry("schema_readers", "of the schema itself"),
          Map.entry("sessions", "logins at the page; people log in again"),
          Map.entry("token_files", "what collectors that run now read"),
          Map.entry("upload_limits", "rows that are only locked"),
          Map.entry("used_once", "logins and logouts of the last minutes"));

  /** Copied tables that have rows from the beginning. */
  static final List<String> NEVER_EMPTY = List.of("alert_usage", "usage_totals");

  private RecordTables() {}
}
