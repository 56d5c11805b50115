package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/**
 * Each jar names the licence of each library in it, with notices and texts. {@code
 * -Dwhorl.docs.write=true} writes the files anew, of the jars that are there.
 */
class ThirdPartyIT {
  private static final boolean WRITE = Boolean.getBoolean("whorl.docs.write");

  @Test
  void agent() throws IOException {
    check(Sbom.AGENT, "agent/dist");
  }

  @Test
  void collector() throws IOException {
    check(Sbom.COLLECTOR, "collector-server");
  }

  private static void check(Path jar, String module) throws IOException {
    if (!Files.exists(jar)) {
      System.out.println("SKIPPED: no " + jar + " (mvn package makes it)");
    }
    assumeTrue(Files.exists(jar), "no jar");
    String expected = ThirdParty.of(jar.getFileName().toString(), Sbom.of(jar));
    Path source = Command.ROOT.resolve(module).resolve("src/main/resources/" + ThirdParty.FILE);
    if (WRITE) {
      Files.createDirectories(source.getParent());
      Files.writeString(source, expected);
      return;
    }
    assertThat(source)
        .as("run this test with -Dwhorl.docs.write=true if a library is another one now")
        .hasContent(expected);
    assertThat(inJar(jar)).isEqualTo(expected);
  }

  private static String inJar(Path jar) throws IOException {
    try (JarFile opened = new JarFile(jar.toFile())) {
      ZipEntry entry = opened.getEntry(ThirdParty.FILE);
      assertThat(entry).as(ThirdParty.FILE + " in " + jar).isNotNull();
      try (InputStream in = opened.getInputStream(entry)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }
}
