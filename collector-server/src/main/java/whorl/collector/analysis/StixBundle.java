package whorl.collector.analysis;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import whorl.collector.store.EvidenceRecord;
import whorl.evidence.Json;

/**
 * A report as a STIX 2.1 bundle: what was observed, indicators by which others find the same, the
 * ATT&amp;CK techniques they indicate, and a report that holds all of it. The same report gives the
 * same bytes. Findings below {@code medium} are left out, since nobody should hunt for them.
 */
final class StixBundle {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final String ATTACK = "https://attack.mitre.org/techniques/";
  private static final int OBJECTS_MAX = 5_000;

  private final EvidenceRecord evidence;
  private final Report report;
  private final String created;
  private final Map<String, Map<String, Object>> objects = new LinkedHashMap<>();
  private final String author;

  private StixBundle(EvidenceRecord evidence, Report report) {
    this.evidence = evidence;
    this.report = report;
    this.created = time(evidence.sealedAt());
    this.author = author();
  }

  /** The bundle, by the names of its JSON and in their order. */
  static Map<String, Object> of(EvidenceRecord evidence, Report report) {
    return new StixBundle(evidence, report).bundle();
  }

  private Map<String, Object> bundle() {
    for (Finding finding : report.findings()) {
      if (finding.severity().atLeast(Severity.MEDIUM) && objects.size() < OBJECTS_MAX) {
        finding(finding);
      }
    }
    report();
    Map<String, Object> bundle = new LinkedHashMap<>();
    bundle.put("type", "bundle");
    bundle.put("id", StixIds.own("bundle", Json.text(objects)));
    bundle.put("objects", List.copyOf(objects.values()));
    return bundle;
  }

  private String author() {
    Map<String, Object> identity = lasting("identity", "Whorl");
    identity.put("name", "Whorl");
    identity.put("identity_class", "system");
    return add(identity);
  }

  /** One that is the same in every bundle, so that whoever reads many has one. */
  private static Map<String, Object> lasting(String type, String key) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", type);
    object.put("spec_version", "2.1");
    object.put("id", StixIds.own(type, key));
    object.put("created", "2026-01-01T00:00:00.000Z");
    object.put("modified", "2026-01-01T00:00:00.000Z");
    return object;
  }

  private void finding(Finding finding) {
    List<String> patterns = new ArrayList<>();
    for (Technique technique : finding.techniques()) {
      patterns.add(attackPattern(technique));
    }
    Set<String> observed = new LinkedHashSet<>();
    List<String> indicators = new ArrayList<>();
    for (Subject subject : finding.subjects()) {
      StixObservables.Told told = StixObservables.of(subject, finding);
      if (told == null) {
        continue;
      }
      told.objects().forEach(objects::putIfAbsent);
      observed.addAll(told.objects().keySet());
      String pattern = told.pattern();
      if (pattern != null && isTelling(subject, finding)) {
        indicators.add(indicator(told.name(), pattern, finding));
      }
    }
    String seen = observed.isEmpty() ? null : observed(finding, observed);
    for (String indicator : indicators) {
      for (String pattern : patterns) {
        relationship("indicates", indicator, pattern);
      }
      if (seen != null) {
        relationship("based-on", indicator, seen);
      }
    }
  }

  /** Whether the subject says something of the intruder, not of the application alone. */
  private static boolean isTelling(Subject subject, Finding finding) {
    return switch (subject.kind()) {
      case ADDRESS -> finding.analysis().equals("way-in") || finding.analysis().equals("contacts");
      case HOST -> !finding.analysis().equals("way-in");
      default -> true;
    };
  }

  private String attackPattern(Technique technique) {
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("source_name", "mitre-attack");
    reference.put("url", ATTACK + technique.id().replace('.', '/'));
    reference.put("external_id", technique.id());
    Map<String, Object> phase = new LinkedHashMap<>();
    phase.put("kill_chain_name", "mitre-attack");
    phase.put("phase_name", technique.tactic().word());
    Map<String, Object> pattern = lasting("attack-pattern", technique.id());
    pattern.put("name", technique.fullName());
    pattern.put("kill_chain_phases", List.of(phase));
    pattern.put("external_references", List.of(reference));
    return add(pattern);
  }

  private String observed(Finding finding, Set<String> refs) {
    Instant from = finding.from() == null ? evidence.sealedAt() : finding.from();
    Instant to = finding.to() == null ? from : finding.to();
    Map<String, Object> observed = object("observed-data", finding.id());
    observed.put("first_observed", time(from));
    observed.put("last_observed", time(to));
    observed.put("number_observed", Math.max(1, finding.rows().size()));
    observed.put("object_refs", List.copyOf(refs));
    return add(observed);
  }

  private String indicator(String name, String pattern, Finding finding) {
    Map<String, Object> indicator = object("indicator", pattern);
    indicator.put("name", Phrases.cut(name, 200));
    indicator.put("description", finding.title());
    indicator.put("indicator_types", List.of("malicious-activity"));
    indicator.put("pattern", pattern);
    indicator.put("pattern_type", "stix");
    indicator.put("pattern_version", "2.1");
    indicator.put(
        "valid_from", time(finding.from() == null ? evidence.sealedAt() : finding.from()));
    return add(indicator);
  }

  private void relationship(String type, String source, String target) {
    Map<String, Object> relationship = object("relationship", type + " " + source + " " + target);
    relationship.put("relationship_type", type);
    relationship.put("source_ref", source);
    relationship.put("target_ref", target);
    add(relationship);
  }

  private void report() {
    Map<String, Object> told = object("report", "report");
    told.put(
        "name", "Whorl evidence " + evidence.id() + " of " + Phrases.cut(evidence.service(), 100));
    told.put("description", report.summary());
    told.put("report_types", List.of("indicator", "observed-data"));
    told.put("published", created);
    told.put("object_refs", List.copyOf(objects.keySet()));
    add(told);
  }

  /** One of this evidence, by {@code key} unlike the others of its type. */
  private Map<String, Object> object(String type, String key) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", type);
    object.put("spec_version", "2.1");
    object.put("id", StixIds.own(type, evidence.id() + "\n" + key));
    object.put("created_by_ref", author);
    object.put("created", created);
    object.put("modified", created);
    return object;
  }

  private String add(Map<String, Object> object) {
    String id = String.valueOf(object.get("id"));
    objects.putIfAbsent(id, object);
    return id;
  }

  private static String time(Instant time) {
    return TIME.format(time);
  }
}
