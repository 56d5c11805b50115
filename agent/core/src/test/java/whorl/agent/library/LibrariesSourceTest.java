package whorl.agent.library;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.Captures;
import whorl.agent.capture.RecordedOutput;
import whorl.agent.redact.Redactor;
import whorl.evidence.Digest;

class LibrariesSourceTest {
  @TempDir Path folder;

  @Test
  void collect_writesABillOfMaterials() throws Exception {
    byte[] log4j = JarBuilder.library("org.apache.logging.log4j", "log4j-core", "2.14.1");
    byte[] tokens = JarBuilder.library("org.x", "spring-security-oauth2-token", "1.0+b&c");
    Path app =
        new JarBuilder()
            .pom("com.shop", "shop", "1.0")
            .pom("com.google.guava", "guava", "31.0")
            .store("BOOT-INF/lib/log4j-core-2.14.1.jar", log4j)
            .store("BOOT-INF/lib/tokens.jar", tokens)
            .write(folder.resolve("shop.jar"));
    LibraryInventory inventory = made(app);
    RecordedOutput out = new RecordedOutput();

    new LibrariesSource(inventory, Captures.AGENT, Captures.CLOCK)
        .collect(Captures.context("classes"), out);

    JsonNode bom = out.json(LibrariesSource.NAME);
    assertThat(bom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(bom.path("specVersion").asText()).isEqualTo("1.6");
    assertThat(property(bom.path("metadata"), "whorl:complete")).isEqualTo("true");
    JsonNode shop = bom.path("components").get(0);
    assertThat(shop.path("purl").asText()).isEqualTo("pkg:maven/com.shop/shop@1.0");
    assertThat(property(shop, "whorl:loaded")).isEqualTo("no");
    List<String> within = new ArrayList<>();
    shop.path("components").forEach(each -> within.add(each.path("purl").asText()));
    assertThat(within)
        .containsExactly(
            "pkg:maven/com.google.guava/guava@31.0",
            "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
            "pkg:maven/org.x/spring-security-oauth2-token@1.0%2Bb%26c");
    JsonNode jar = shop.path("components").get(1);
    assertThat(jar.path("hashes").get(0).path("content").asText())
        .isEqualTo(Digest.of(log4j).hex());
    assertThat(property(jar, "whorl:path")).isEqualTo(app + "!/BOOT-INF/lib/log4j-core-2.14.1.jar");
    assertThat(property(jar, "whorl:from")).isEqualTo("pom");
    assertThat(property(shop.path("components").get(0), "whorl:kind")).isEqualTo("packed");
    assertThat(references(bom, new HashSet<>())).isEqualTo(inventory.snapshot().entries().size());
    assertThat(out.log).anyMatch(line -> line.endsWith(" libraries"));
    assertThat(out.missing).isEmpty();
  }

  @Test
  void collect_beforeItIsMade_saysSo() throws Exception {
    RecordedOutput out = new RecordedOutput();

    new LibrariesSource(new LibraryInventory(text -> text, 10), Captures.AGENT, Captures.CLOCK)
        .collect(Captures.context("classes"), out);

    JsonNode metadata = out.json(LibrariesSource.NAME).path("metadata");
    assertThat(property(metadata, "whorl:complete")).isEqualTo("false");
    assertThat(property(metadata, "whorl:problem")).contains("not begun");
    assertThat(out.log).anyMatch(line -> line.contains("not complete: it was not begun yet"));
  }

  /** As it leaves the JVM: the mask must leave names, digests and package URLs as they are. */
  @Test
  void mask_leavesOrdinaryLibrariesAlone() {
    Redactor redactor = new Redactor(List.of());
    for (String text :
        new String[] {
          "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
          "pkg:maven/io.jsonwebtoken/jjwt-api@0.11.5",
          "pkg:maven/org.springframework.security/spring-security-oauth2-jose@5.7.3",
          "/root/.m2/repository/io/jsonwebtoken/jjwt/0.9.1/jjwt-0.9.1.jar",
          "/app/BOOT-INF/lib/spring-security-oauth2-resource-server-5.7.3.jar",
          Digest.of(new byte[] {1}).hex()
        }) {
      assertThat(redactor.text(text)).isEqualTo(text);
      assertThat(redactor.value("value", text)).isEqualTo(text);
      assertThat(redactor.value("content", text)).isEqualTo(text);
    }
  }

  private LibraryInventory made(Path... files) throws Exception {
    LibraryInventory inventory = new LibraryInventory(new Redactor(List.of())::text, 1_000);
    Set<Path> atStart = new LinkedHashSet<>(List.of(files));
    new LibraryScans(
            inventory,
            () -> atStart,
            new LoadedPlaces(() -> new Class<?>[0]),
            () -> {},
            new Pace(1L << 40),
            () -> {})
        .pass();
    return inventory;
  }

  private static int references(JsonNode node, Set<String> seen) {
    int count = 0;
    for (JsonNode component : node.path("components")) {
      assertThat(seen.add(component.path("bom-ref").asText())).isTrue();
      count += 1 + references(component, seen);
    }
    return count;
  }

  private static String property(JsonNode node, String name) {
    for (JsonNode property : node.path("properties")) {
      if (property.path("name").asText().equals(name)) {
        return property.path("value").asText();
      }
    }
    return null;
  }
}
