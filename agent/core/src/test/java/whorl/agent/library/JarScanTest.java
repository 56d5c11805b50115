package whorl.agent.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.evidence.Digest;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryKind;
import whorl.evidence.library.NameSource;

class JarScanTest {
  private static final long FAST = 1L << 40;

  @TempDir Path folder;

  @Test
  void read_ofAFatJar_listsWhatIsStoredInIt() throws IOException {
    byte[] log4j = JarBuilder.library("org.apache.logging.log4j", "log4j-core", "2.14.1");
    byte[] spring =
        new JarBuilder()
            .manifest("Implementation-Title: spring-core", "Implementation-Version: 5.3.20")
            .bytes();
    Path app =
        new JarBuilder()
            .manifest("Main-Class: org.springframework.boot.loader.JarLauncher")
            .pom("com.shop", "shop", "1.0")
            .add("BOOT-INF/classes/com/shop/Shop.class", "class")
            .store("BOOT-INF/lib/log4j-core-2.14.1.jar", log4j)
            .store("BOOT-INF/lib/spring-core-5.3.20.jar", spring)
            .write(folder.resolve("app.jar"));

    List<LibraryEntry> entries = scan(app);

    assertThat(entries)
        .extracting(LibraryEntry::path)
        .containsExactly(
            app.toString(),
            app + "!/BOOT-INF/lib/log4j-core-2.14.1.jar",
            app + "!/BOOT-INF/lib/spring-core-5.3.20.jar");
    assertThat(entries.get(0))
        .isEqualTo(
            new LibraryEntry(
                app.toString(),
                LibraryKind.JAR,
                "com.shop",
                "shop",
                "1.0",
                NameSource.POM,
                Digest.of(Files.readAllBytes(app)),
                Files.size(app),
                false,
                null));
    assertThat(named(entries.get(1)))
        .isEqualTo("org.apache.logging.log4j:log4j-core:2.14.1 by pom");
    assertThat(entries.get(1).sha256()).isEqualTo(Digest.of(log4j));
    assertThat(entries.get(1).size()).isEqualTo(log4j.length);
    assertThat(named(entries.get(2))).isEqualTo("null:spring-core:5.3.20 by manifest");
  }

  @Test
  void read_ofAWar_listsWhatIsCompressedInIt() throws IOException {
    byte[] inner = JarBuilder.library("a.b", "inner", "1");
    byte[] ear = new JarBuilder().add("lib/inner-1.jar", inner).pom("c.d", "middle", "2").bytes();
    Path war =
        new JarBuilder()
            .add("WEB-INF/lib/middle-2.jar", ear)
            .add(
                "WEB-INF/classes/META-INF/maven/x.y/web/pom.properties",
                "groupId=x.y\nartifactId=web\nversion=3")
            .write(folder.resolve("web.war"));

    List<LibraryEntry> entries = scan(war);

    assertThat(entries)
        .extracting(JarScanTest::named)
        .containsExactlyInAnyOrder("x.y:web:3 by pom", "c.d:middle:2 by pom", "a.b:inner:1 by pom");
    assertThat(find(entries, "inner").path())
        .isEqualTo(war + "!/WEB-INF/lib/middle-2.jar!/lib/inner-1.jar");
    assertThat(find(entries, "inner").sha256()).isEqualTo(Digest.of(inner));
    assertThat(find(entries, "middle").sha256()).isEqualTo(Digest.of(ear));
    assertThat(find(entries, "middle").size()).isEqualTo(ear.length);
  }

  /** Names of manifests are compared in any case, so a jar can have many. */
  @Test
  void read_ofThousandsOfManifests_countsWhatTheyDecompressTo() throws IOException {
    byte[] blank = new byte[ManifestHeaders.MAX_BYTES];
    Arrays.fill(blank, (byte) 'x');
    JarBuilder many = new JarBuilder();
    for (int i = 0; i < 500; i++) {
      char[] name = "META-INF/MANIFEST.MF".toCharArray();
      for (int bit = 0; bit < 9; bit++) {
        name[9 + bit == 17 ? 18 : 9 + bit] ^= (char) ((i >> bit & 1) * ' ');
      }
      many.add(new String(name), blank);
    }
    byte[] inner = many.bytes();
    Path compressed = new JarBuilder().add("in.jar", inner).write(folder.resolve("a.jar"));
    Path plain = Files.write(folder.resolve("b.jar"), inner);

    assertThat(find(scan(compressed), "in").problem()).contains("more came out");
    assertThat(find(scan(plain), "b").problem()).contains("more came out");
  }

  @Test
  void read_ofAShadedJar_listsWhatIsPackedIntoIt() throws IOException {
    Path shaded =
        new JarBuilder()
            .pom("com.google.guava", "guava", "31.0")
            .pom("com.shop", "shop", "1.0")
            .pom("org.slf4j", "slf4j-api", "1.7.30")
            .add("META-INF/maven/x/broken/pom.properties", "groupId=\\u00zz")
            .add("META-INF/maven/x/empty/pom.properties", "groupId=x")
            .write(folder.resolve("shop-1.0-all.jar"));

    List<LibraryEntry> entries = scan(shaded);

    assertThat(entries)
        .extracting(entry -> named(entry) + " " + entry.kind().word())
        .containsExactlyInAnyOrder(
            "com.shop:shop:1.0 by pom jar",
            "com.google.guava:guava:31.0 by pom packed",
            "org.slf4j:slf4j-api:1.7.30 by pom packed");
    assertThat(entries).allMatch(entry -> entry.path().equals(shaded.toString()));
    assertThat(find(entries, "guava").sha256()).isNull();
  }

  @Test
  void read_ofWhatOnlyManifestAndNameSay() throws IOException {
    assertThat(first("a-1.2.jar", new JarBuilder().add("x", "y"))).isEqualTo("null:a:1.2 by file");
    assertThat(first("commons-io-2.11.0-tests.jar", new JarBuilder().add("x", "y")))
        .isEqualTo("null:commons-io:2.11.0-tests by file");
    assertThat(first("catalina.jar", new JarBuilder().add("x", "y")))
        .isEqualTo("null:catalina:null by file");
    assertThat(
            first(
                "catalina.jar",
                new JarBuilder()
                    .manifest(
                        "Implementation-Title: Apache Tomcat",
                        "Implementation-Version: 9.0.65",
                        "Bundle-SymbolicName: org.apache.tomcat-catalina;singleton:=true")))
        .isEqualTo("null:org.apache.tomcat-catalina:9.0.65 by manifest");
    assertThat(
            first(
                "log4j-core-2.14.1.jar",
                new JarBuilder()
                    .manifest(
                        "Implementation-Title: Apache Log4j Core",
                        "Implementation-Version: 2.14.1",
                        "Implementation-Vendor-Id: org.apache.logging.log4j")))
        .isEqualTo("org.apache.logging.log4j:log4j-core:2.14.1 by manifest");
    assertThat(
            first(
                "kotlin-stdlib-1.3.72.jar",
                new JarBuilder().manifest("Implementation-Version: 1.3.72-release-468 (1.3.72)")))
        .isEqualTo("null:kotlin-stdlib:1.3.72 by file");
    // A line of a manifest ends after 72 bytes, and goes on in the next.
    assertThat(
            first(
                "x.jar",
                new JarBuilder()
                    .manifest("Bundle-SymbolicName: a.b", " .c", "Bundle-Version: 1.0")))
        .isEqualTo("null:a.b.c:1.0 by manifest");
  }

  @Test
  void read_ofASignedJar_readsOnlyTheMainHeaders() throws IOException {
    StringBuilder manifest =
        new StringBuilder("Manifest-Version: 1.0\nBundle-Version: 1.7\nPremain-Class: a.B\n\n");
    for (int i = 0; i < 5_000; i++) {
      manifest.append("Name: a/B").append(i).append(".class\nSHA-256-Digest: x\n");
      manifest.append("Bundle-Version: 6.6.6\n\n");
    }
    Path signed =
        new JarBuilder()
            .add("META-INF/MANIFEST.MF", manifest.toString())
            .add("META-INF/SIGNER.SF", "Signature-Version: 1.0")
            .add("META-INF/SIGNER.RSA", "x")
            .write(folder.resolve("signed.jar"));

    LibraryEntry entry = scan(signed).get(0);

    assertThat(named(entry)).isEqualTo("null:signed:1.7 by manifest");
    assertThat(entry.agent()).isTrue();
  }

  @Test
  void read_ofAZipBomb_endsSoonAndSaysSo() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] zeros = new byte[1 << 20];
    try (ZipOutputStream bomb = new ZipOutputStream(bytes)) {
      bomb.putNextEntry(new ZipEntry("zeros.bin"));
      for (int i = 0; i < 200; i++) {
        bomb.write(zeros);
      }
    }
    Path war =
        new JarBuilder()
            .add("WEB-INF/lib/bomb-1.jar", bytes.toByteArray())
            .add("WEB-INF/lib/bomb-2.jar", bytes.toByteArray())
            .pom("a.b", "web", "1")
            .write(folder.resolve("web.war"));
    List<Long> slept = new ArrayList<>();
    Pace pace = new Pace(8 << 20, () -> 0L, slept::add);

    List<LibraryEntry> entries = new JarScan(pace, 100).read(war).entries();

    assertThat(entries).hasSize(3);
    assertThat(find(entries, "bomb").problem()).contains("more came out of the compressed jars");
    assertThat(find(entries, "web").version()).isEqualTo("1");
    assertThat(slept).isNotEmpty();
  }

  @Test
  void read_ofManyLevels_stopsAtTheThird() throws IOException {
    for (boolean stored : new boolean[] {true, false}) {
      byte[] jar = JarBuilder.library("a.b", "level-5", "1");
      for (int level = 4; level > 0; level--) {
        JarBuilder around = new JarBuilder().pom("a.b", "level-" + level, "1");
        String name = "level-" + (level + 1) + ".jar";
        jar = (stored ? around.store(name, jar) : around.add(name, jar)).bytes();
      }
      Path file =
          new JarBuilder()
              .pom("a.b", "level-0", "1")
              .store("level-1.jar", jar)
              .write(folder.resolve("level-0.jar"));

      List<LibraryEntry> entries = scan(file);

      assertThat(entries)
          .extracting(LibraryEntry::name)
          .containsExactlyInAnyOrder("level-0", "level-1", "level-2", "level-3");
      assertThat(find(entries, "level-3").problem()).contains("more than 3 levels");
    }
  }

  @Test
  void read_ofWhatIsDamaged_listsItWithTheReason() throws IOException {
    byte[] good = JarBuilder.library("a.b", "good", "1");
    byte[] cut = Arrays.copyOf(good, good.length / 2);
    Path app =
        new JarBuilder()
            .store("lib/cut-1.jar", cut)
            .add("lib/cut-2.jar", cut)
            .store("lib/text-1.jar", "no jar".getBytes(StandardCharsets.UTF_8))
            .add("lib/text-2.jar", "no jar")
            .store("lib/good-1.jar", good)
            .write(folder.resolve("app.jar"));

    List<LibraryEntry> entries = scan(app);

    assertThat(entries).hasSize(6);
    assertThat(entries.stream().filter(entry -> entry.path().contains("cut-1")))
        .allMatch(entry -> String.valueOf(entry.problem()).contains("not read to its end"))
        .allMatch(entry -> Digest.of(cut).equals(entry.sha256()));
    assertThat(entries.stream().filter(entry -> entry.path().contains("cut-2")))
        .allMatch(entry -> Digest.of(cut).equals(entry.sha256()));
    assertThat(find(entries, "good").problem()).isNull();
    assertThat(scan(Files.writeString(folder.resolve("not.jar"), "no jar")).get(0).problem())
        .contains("it is no jar");
    assertThat(new JarScan(new Pace(FAST), 10).read(Files.writeString(folder.resolve("a"), "b")))
        .isNull();
    assertThatThrownBy(() -> scan(folder.resolve("absent.jar")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void read_ofAnyBytes_fails_onlyAsDocumented() throws IOException {
    byte[] jar =
        new JarBuilder()
            .manifest("Bundle-Version: 1")
            .pom("a.b", "c", "1")
            .store("x.jar", JarBuilder.library("d", "e", "2"))
            .add("y.jar", JarBuilder.library("f", "g", "3"))
            .bytes();
    Random random = new Random(3);
    Path file = folder.resolve("fuzzed.jar");
    for (int i = 0; i < 200; i++) {
      byte[] damaged = jar.clone();
      for (int changes = random.nextInt(6); changes >= 0; changes--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);

      List<LibraryEntry> entries = scan(file);

      assertThat(entries).isNotEmpty();
      assertThat(entries.size()).isLessThan(10);
    }
  }

  @Test
  void read_beyondTheLimit_countsTheOthers() throws IOException {
    JarBuilder app = new JarBuilder();
    for (int i = 0; i < 20; i++) {
      app.store("lib/l-" + i + ".jar", JarBuilder.library("a", "l" + i, "1"));
    }

    JarScan.Scanned scanned =
        new JarScan(new Pace(FAST), 5).read(app.write(folder.resolve("app.jar")));

    assertThat(scanned.entries()).hasSize(5);
    assertThat(scanned.entries().size() + scanned.omitted()).isEqualTo(21);
  }

  @Test
  void read_whenInterrupted_ends() throws IOException {
    Path app = new JarBuilder().pom("a.b", "c", "1").write(folder.resolve("app.jar"));
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> scan(app)).isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private String first(String name, JarBuilder jar) throws IOException {
    return named(scan(jar.write(folder.resolve(name))).get(0));
  }

  private static List<LibraryEntry> scan(Path file) throws IOException {
    JarScan.Scanned scanned = new JarScan(new Pace(FAST), 1_000).read(file);
    assertThat(scanned).isNotNull();
    return scanned.entries();
  }

  private static String named(LibraryEntry entry) {
    return entry.group()
        + ":"
        + entry.name()
        + ":"
        + entry.version()
        + " by "
        + entry.from().word();
  }

  private static LibraryEntry find(List<LibraryEntry> entries, String name) {
    return entries.stream().filter(entry -> entry.name().equals(name)).findFirst().orElseThrow();
  }
}
