package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import whorl.evidence.Json;
import whorl.rules.engine.RuleSet;
import whorl.rules.parse.RulePack;
import whorl.rules.parse.RuleReader;

/** Checks the pack's files against SigmaHQ's schema of detection rules, and against pack.txt. */
class RuleSchemaTest {
  private static final String SCHEMA = "sigma-detection-rule-schema.json";
  private static final String CORRELATION_SCHEMA = "sigma-correlation-rules-schema.json";
  private static final Path RULES = Path.of("src/main/resources/whorl/rules");

  private static @Nullable Path schema() {
    String named = System.getProperty("whorl.schemas");
    if (named != null) {
      return Path.of(named).resolve(SCHEMA);
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      Path schema = folder.resolveSibling("shared").resolve("schemas/sigma").resolve(SCHEMA);
      if (Files.exists(schema)) {
        return schema;
      }
      folder = folder.getParent();
    }
    return null;
  }

  private static Schema schema(Path path) throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(path), InputFormat.JSON);
  }

  private static List<Path> ruleFiles() throws IOException {
    try (Stream<Path> files = Files.list(RULES)) {
      return files.filter(file -> file.toString().endsWith(".yml")).sorted().toList();
    }
  }

  private static Object yaml(Path file) throws IOException {
    LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    return new Load(settings).loadFromString(Files.readString(file));
  }

  @Test
  void everyFile_passesSigmaHqsSchema() throws IOException {
    Path path = schema();
    if (path == null || !Files.exists(path)) {
      System.out.println("skipped: no SigmaHQ schema; name its folder in -Dwhorl.schemas");
    }
    Assumptions.assumeTrue(path != null && Files.exists(path), "no SigmaHQ schema");
    Schema schema = schema(path);
    Schema correlations = schema(path.resolveSibling(CORRELATION_SCHEMA));

    Map<String, Object> errors = new HashMap<>();
    for (Path file : ruleFiles()) {
      boolean correlation = ((Map<?, ?>) yaml(file)).containsKey("correlation");
      var found =
          (correlation ? correlations : schema).validate(Json.text(yaml(file)), InputFormat.JSON);
      if (!found.isEmpty()) {
        errors.put(file.getFileName().toString(), found);
      }
    }

    assertThat(errors).isEmpty();
    assertThat(schema.validate("{\"title\": 3, \"level\": \"grave\"}", InputFormat.JSON))
        .hasSizeGreaterThan(2);
    assertThat(
            correlations.validate(
                "{\"title\": \"x\", \"correlation\": {\"type\": \"sum\"}}", InputFormat.JSON))
        .isNotEmpty();
  }

  @Test
  void everyFile_hasTheKeysThatReadersExpect() throws IOException {
    Set<Object> ids = new HashSet<>();
    for (Path file : ruleFiles()) {
      Map<?, ?> rule = (Map<?, ?>) yaml(file);
      assertThat((Map<?, ?>) rule)
          .as(file.toString())
          .extracting("id", "status", "level", "author", "date", "falsepositives", "tags")
          .doesNotContainNull();
      assertThat(rule.get("author")).isEqualTo("Whorl");
      assertThat(ids.add(rule.get("id"))).as(file.toString()).isTrue();
    }
  }

  @Test
  void parsedPack_equalsItsFiles() throws IOException {
    Map<String, Object> parsed = new LinkedHashMap<>();
    RulePack.read(parsed::put);
    Map<String, Object> expected = new LinkedHashMap<>();
    for (Path file : ruleFiles()) {
      String name = file.getFileName().toString();
      expected.put(name, RuleReader.parse(Files.readString(file), name));
    }
    assertThat(parsed).isEqualTo(expected).hasSizeGreaterThan(80);
  }

  @Test
  void packList_namesEveryFile() throws IOException {
    try (InputStream in = RuleSet.class.getResourceAsStream("/whorl/rules/pack.txt")) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
          .containsExactlyInAnyOrderElementsOf(
              ruleFiles().stream().map(file -> file.getFileName().toString()).toList());
    }
  }
}
