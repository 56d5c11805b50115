package whorl.collector.analysis.stix;

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
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.kinds.Technique;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.evidence.Json;

/**
 * Exports a report as a STIX 2.1 bundle: observed data, indicators that find the same elsewhere,
 * the ATT&amp;CK techniques that they indicate, and a report object that refers to all of them. The
 * same report gives the same bytes. Findings below {@code medium} are left out, because they are
 * not worth hunting for.
 */
public final class StixBundle {
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
    this.author = addAuthor();
  }

  /** Returns the bundle as JSON properties in their order. */
  public static Map<String, Object> of(EvidenceRecord evidence, Report report) {
    return new StixBundle(evidence, report).bundle();
  }

  private Map<String, Object> bundle() {
    for (Finding finding : report.findings()) {
      if (finding.severity().atLeast(Severity.MEDIUM) && objects.size() < OBJECTS_MAX) {
        addFinding(finding);
      }
    }
    addReport();
    Map<String, Object> bundle = new LinkedHashMap<>();
    bundle.put("type", "bundle");
    bundle.put("id", StixIds.object("bundle", Json.text(objects)));
    bundle.put("objects", List.copyOf(objects.values()));
    return bundle;
  }

  private String addAuthor() {
    Map<String, Object> identity = sharedObject("identity", "Whorl");
    identity.put("name", "Whorl");
    identity.put("identity_class", "system");
    return add(identity);
  }

  /**
   * Creates an object that is equal in every bundle, so that importers of many bundles get one
   * object.
   */
  private static Map<String, Object> sharedObject(String type, String key) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", type);
    object.put("spec_version", "2.1");
    object.put("id", StixIds.object(type, key));
    object.put("created", "2026-01-01T00:00:00.000Z");
    object.put("modified", "2026-01-01T00:00:00.000Z");
    return object;
  }

  private void addFinding(Finding finding) {
    List<String> patterns = new ArrayList<>();
    for (Technique technique : finding.techniques()) {
      patterns.add(addAttackPattern(technique));
    }
    Set<String> observed = new LinkedHashSet<>();
    List<String> indicators = new ArrayList<>();
    for (Subject subject : finding.subjects()) {
      StixObservables.Observable observable = StixObservables.of(subject, finding);
      if (observable == null) {
        continue;
      }
      observable.objects().forEach(objects::putIfAbsent);
      observed.addAll(observable.objects().keySet());
      String pattern = observable.pattern();
      if (pattern != null && pointsToIntruder(subject, finding)) {
        indicators.add(addIndicator(observable.name(), pattern, finding));
      }
    }
    String seen = observed.isEmpty() ? null : addObservedData(finding, observed);
    for (String indicator : indicators) {
      for (String pattern : patterns) {
        addRelationship("indicates", indicator, pattern);
      }
      if (seen != null) {
        addRelationship("based-on", indicator, seen);
      }
    }
  }

  /** True if the subject points to the intruder and not only to the application. */
  private static boolean pointsToIntruder(Subject subject, Finding finding) {
    return switch (subject.kind()) {
      case ADDRESS -> finding.analysis().equals("way-in") || finding.analysis().equals("contacts");
      case HOST -> !finding.analysis().equals("way-in");
      default -> true;
    };
  }

  private String addAttackPattern(Technique technique) {
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("source_name", "mitre-attack");
    reference.put("url", ATTACK + technique.id().replace('.', '/'));
    reference.put("external_id", technique.id());
    Map<String, Object> phase = new LinkedHashMap<>();
    phase.put("kill_chain_name", "mitre-attack");
    phase.put("phase_name", technique.tactic().word());
    Map<String, Object> pattern = sharedObject("attack-pattern", technique.id());
    pattern.put("name", technique.fullName());
    pattern.put("kill_chain_phases", List.of(phase));
    pattern.put("external_references", List.of(reference));
    return add(pattern);
  }

  private String addObservedData(Finding finding, Set<String> refs) {
    Instant from = finding.from() == null ? evidence.sealedAt() : finding.from();
    Instant to = finding.to() == null ? from : finding.to();
    Map<String, Object> observed = object("observed-data", finding.id());
    observed.put("first_observed", time(from));
    observed.put("last_observed", time(to));
    observed.put("number_observed", Math.max(1, finding.rows().size()));
    observed.put("object_refs", List.copyOf(refs));
    return add(observed);
  }

  private String addIndicator(String name, String pattern, Finding finding) {
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

  private void addRelationship(String type, String source, String target) {
    Map<String, Object> relationship = object("relationship", type + " " + source + " " + target);
    relationship.put("relationship_type", type);
    relationship.put("source_ref", source);
    relationship.put("target_ref", target);
    add(relationship);
  }

  private void addReport() {
    Map<String, Object> reportObject = object("report", "report");
    reportObject.put(
        "name", "Whorl evidence " + evidence.id() + " of " + Phrases.cut(evidence.service(), 100));
    reportObject.put("description", report.summary());
    reportObject.put("report_types", List.of("indicator", "observed-data"));
    reportObject.put("published", created);
    reportObject.put("object_refs", List.copyOf(objects.keySet()));
    add(reportObject);
  }

  /** Creates an object of this evidence; {@code key} is unique within its type. */
  private Map<String, Object> object(String type, String key) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", type);
    object.put("spec_version", "2.1");
    object.put("id", StixIds.object(type, evidence.id() + "\n" + key));
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
