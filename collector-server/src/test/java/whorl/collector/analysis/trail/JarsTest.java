package whorl.collector.analysis.trail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.Library;

/** Libraries are named with the jars from the list of classes. */
class JarsTest {
  private static String described(String line) throws Exception {
    Jars jars = new Jars();
    String lines = "no line\n{\"name\":\"a.B\",\"codeSource\":7}\n" + line + "\n";
    jars.listed(
        Set.of("a.B", "org.yaml.snakeyaml.Yaml"),
        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    return jars.described(new Library.Use(Library.SNAKE_YAML, "org.yaml.snakeyaml.Yaml"));
  }

  @ParameterizedTest
  @CsvSource({
    "file:/app/lib/snakeyaml-1.26.jar, SnakeYAML 1.26 (snakeyaml-1.26.jar)",
    "jar:file:/app.jar!/BOOT-INF/lib/snakeyaml-1.26-android.jar!/, SnakeYAML 1.26-android (snakeyaml-1.26-android.jar)",
    "file:/app/shaded.jar, SnakeYAML (shaded.jar)",
    "file:/app/classes/, SnakeYAML",
  })
  void library_isNamedWithVersionAndJar(String source, String expected) throws Exception {
    assertThat(
            described("{\"name\":\"org.yaml.snakeyaml.Yaml\",\"codeSource\":\"" + source + "\"}"))
        .isEqualTo(expected);
  }

  @Test
  void damagedLine_leavesTheLibraryWithoutJar() throws Exception {
    assertThat(described("{\"name\":\"org.yaml.snakeyaml.Yaml\",\"codeSource\":\"file"))
        .isEqualTo("SnakeYAML");
  }

  /** An overflow of the stack would leave the evidence without any finding. */
  @Test
  void placeMadeToOverflowTheStack_isRead() throws Exception {
    List<Object> results = new CopyOnWriteArrayList<>();
    Thread small =
        new Thread(
            null,
            () -> {
              for (String end : List.of("x", "")) {
                String source = "file:/app/shaded.jar" + "!".repeat(4_000) + end;
                try {
                  results.add(
                      described(
                          "{\"name\":\"org.yaml.snakeyaml.Yaml\",\"codeSource\":\""
                              + source
                              + "\"}"));
                } catch (Exception | StackOverflowError e) {
                  results.add(e);
                }
              }
            },
            "small",
            512 << 10);
    small.start();
    small.join();

    assertThat(results).containsExactly("SnakeYAML", "SnakeYAML (shaded.jar)");
  }

  @Test
  void library_isNamedWithItsCoordinates() throws Exception {
    assertThat(
            named(
                component(
                    "org.yaml", "snakeyaml", "1.26", "/app.jar!/BOOT-INF/lib/yaml.jar", "jar"),
                "jar:nested:/app.jar/!BOOT-INF/lib/yaml.jar!/"))
        .isEqualTo("SnakeYAML 1.26 (org.yaml:snakeyaml, yaml.jar)");
  }

  @Test
  void packedLibrary_isTheOneWhosePackageItIs() throws Exception {
    String components =
        component("com.shop", "shop", "1.0", "/app/shop.jar", "jar")
            + ","
            + component("org.yaml", "snakeyaml", "1.33", "/app/shop.jar", "packed")
            + ","
            + component("com.google.guava", "guava", "31", "/app/shop.jar", "packed");

    assertThat(named(components, "file:/app/shop.jar"))
        .isEqualTo("SnakeYAML 1.33 (org.yaml:snakeyaml, packed into shop.jar)");
    assertThat(named(components.substring(0, components.length() / 2), "file:/app/shop.jar"))
        .startsWith("SnakeYAML");
  }

  @Test
  void callerWithoutAKnownLibrary_isNamedWithItsLibrary() throws Exception {
    Jars jars =
        jars(
            component("org.yaml", "snakeyaml", "1.26", "/app/lib/yaml.jar", "jar"),
            "file:/app/lib/yaml.jar");

    assertThat(jars.caller(List.of(calledBy(null), calledBy("org.yaml.snakeyaml.Yaml"))))
        .isEqualTo(
            " The code that did it is org.yaml.snakeyaml.Yaml of org.yaml:snakeyaml 1.26"
                + " (yaml.jar).");
    assertThat(jars.caller(List.of(calledBy("shop.View")))).isEmpty();
    assertThat(Frames.parse("java.io.File.x(F.java:1)\nshop.View.y(V.java:2)").caller().type())
        .isEqualTo("shop.View");
  }

  @SuppressWarnings("NullAway") // its row is not looked at
  private static EntryPoint calledBy(@Nullable String caller) {
    return new EntryPoint(
        EntryPoint.Kind.COMMAND, null, "r1", Severity.HIGH, "run id", List.of(), null, caller);
  }

  @Test
  void path_ofCodeSources() {
    assertThat(BillOfMaterials.path("file:/app/lib/x.jar")).isEqualTo("/app/lib/x.jar");
    assertThat(BillOfMaterials.path("jar:file:/app.jar!/BOOT-INF/classes!/")).isEqualTo("/app.jar");
    assertThat(BillOfMaterials.path("war:file:/x.war*/WEB-INF/lib/y.jar"))
        .isEqualTo("/x.war!/WEB-INF/lib/y.jar");
    assertThat(BillOfMaterials.path("http://evil/x.jar")).isNull();
    assertThat(BillOfMaterials.path("jar:file:/!!/")).isNotNull();
  }

  private static String component(
      String group, String name, String version, String path, String kind) {
    return ("{'type':'library','group':'%s','name':'%s','version':'%s','hashes':[{'a':{}}],"
            + "'properties':[{'name':'whorl:path','value':'%s'},{'name':'whorl:kind','value':'%s'}]}")
        .formatted(group, name, version, path, kind)
        .replace('\'', '"');
  }

  private static String named(String components, String source) throws Exception {
    return jars(components, source)
        .described(new Library.Use(Library.SNAKE_YAML, "org.yaml.snakeyaml.Yaml"));
  }

  private static Jars jars(String components, String source) throws Exception {
    Jars jars = new Jars();
    String line = "{\"name\":\"org.yaml.snakeyaml.Yaml\",\"codeSource\":\"" + source + "\"}";
    jars.listed(
        Set.of("org.yaml.snakeyaml.Yaml"),
        new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
    String bill =
        "{\"bomFormat\":\"CycloneDX\",\"metadata\":{\"component\":{\"name\":\"shop\"}},"
            + "\"components\":["
            + components
            + "]}";
    jars.inventory(new ByteArrayInputStream(bill.getBytes(StandardCharsets.UTF_8)));
    return jars;
  }
}
