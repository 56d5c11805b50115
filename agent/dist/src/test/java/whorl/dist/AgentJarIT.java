package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the one jar may hold. */
class AgentJarIT {
  private static final int JAVA_8 = 52;
  private static final List<Pattern> ALLOWED =
      List.of(
          Pattern.compile("META-INF/MANIFEST\\.MF"),
          Pattern.compile("META-INF/whorl/java/lang/WhorlHooks\\.class"),
          Pattern.compile("META-INF/sbom/whorl-agent\\.cdx\\.json"),
          Pattern.compile("META-INF/THIRD-PARTY\\.txt"),
          Pattern.compile("META-INF/whorl/(agent\\.zip|hooks\\.zip|stages\\.list)"),
          Pattern.compile(
              "whorl/boot/(Agent|Applicability|ClassBundle|IsolatedLoader|JarResource"
                  + "(\\$Connection)?|Main|MappedJar|package-info)\\.class"));

  private static final List<Pattern> ALLOWED_WITHIN =
      List.of(
          Pattern.compile(
              "(whorl|com/fasterxml/jackson|io/netty|org/slf4j|org/snakeyaml/engine"
                  + "|net/bytebuddy/jar/asm|com/exceptionfactory/jagged)/.*\\.class"),
          Pattern.compile("whorl/(recording\\.properties|version\\.txt|rules/.*)"),
          Pattern.compile("META-INF/services/[A-Za-z0-9_.]+"),
          Pattern.compile("META-INF/[A-Za-z-]*(LICENSE|NOTICE|licenses)[A-Za-z./-]*"));

  private JarFile jar;

  @BeforeEach
  void open() throws IOException {
    jar = new JarFile(ChildJvm.agentJar().toFile());
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void entries_areOnTheList() throws IOException {
    assertThat(others(jar.stream().map(ZipEntry::getName).toList(), ALLOWED)).isEmpty();
    assertThat(others(namesWithin("META-INF/whorl/agent.zip"), ALLOWED_WITHIN)).isEmpty();
    assertThat(others(namesWithin("META-INF/whorl/hooks.zip"), ALLOWED_WITHIN)).isEmpty();
  }

  /** The JVM reads the directory of the jar at each start, and keeps it. */
  @Test
  void directory_isSmall() {
    assertThat(jar.size()).isLessThan(30);
  }

  private List<String> namesWithin(String archive) throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipInputStream in = new ZipInputStream(jar.getInputStream(jar.getEntry(archive)))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    assertThat(names).hasSizeGreaterThan(100);
    return names;
  }

  private static List<String> others(List<String> names, List<Pattern> allowed) {
    return names.stream()
        .filter(name -> !name.endsWith("/"))
        .filter(name -> allowed.stream().noneMatch(one -> one.matcher(name).matches()))
        .toList();
  }

  @Test
  void manifest_namesTheAgent() throws IOException {
    Attributes manifest = jar.getManifest().getMainAttributes();

    assertThat(manifest.getValue("Premain-Class")).isEqualTo("whorl.boot.Agent");
    assertThat(manifest.getValue("Can-Retransform-Classes")).isEqualTo("true");
    assertThat(manifest.getValue("Boot-Class-Path")).isNull();
    assertThat(manifest.getValue("Implementation-Version")).matches("\\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void bootstrapClasses_loadOnJava8_whichIsToldThatItIsTooOld() throws IOException {
    for (ZipEntry entry : List.of(jar.getEntry("whorl/boot/Agent.class"))) {
      try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
        in.readInt();
        in.readUnsignedShort();
        assertThat(in.readUnsignedShort()).isEqualTo(JAVA_8);
      }
    }
  }
}
