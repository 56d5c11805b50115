package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Dropper;

/** Archives that let the JVM start faster still work, and the classes in them are hooked. */
class ArchivesIT {
  private static final int FIRST_WITH_AOT_CACHE_IN_ONE_STEP = 25;

  @TempDir Path folder;
  private String jar;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(ArchivesIT.class);
  }

  static Stream<Jdk> jdksWithAotCache() throws IOException {
    return jdks().filter(jdk -> jdk.feature() >= FIRST_WITH_AOT_CACHE_IN_ONE_STEP);
  }

  /** Archives take classes out of jars only. */
  @BeforeEach
  void packProgram() throws IOException {
    Path packed = folder.resolve("program.jar");
    try (OutputStream out = Files.newOutputStream(packed);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String type : List.of("Dropper", "Signal")) {
        String name = "whorl/dist/program/" + type + ".class";
        entries.putNextEntry(new JarEntry(name));
        Files.copy(Path.of("target/test-classes", name), entries);
      }
    }
    jar = packed.toString();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void sharedArchive_madeWithoutTheAgent_isUsedWithIt(Jdk jdk) throws Exception {
    Path archive = folder.resolve("program.jsa");
    Path loads = folder.resolve("loads.txt");
    train(new ChildJvm(jdk.home()).option("-XX:ArchiveClassesAtExit=" + archive));

    Kept.Run run =
        watched(
            new ChildJvm(jdk.home())
                .option("-XX:SharedArchiveFile=" + archive)
                .option("-Xlog:class+load:file=" + loads));

    assertThat(run.outcome().err().lines()).as(run.outcome().err()).hasSize(1);
    assertThat(Files.readAllLines(loads))
        .anyMatch(
            line -> line.contains(Dropper.class.getName()) && line.contains("shared objects file"));
    assertDeeds(run);
  }

  @ParameterizedTest
  @MethodSource("jdksWithAotCache")
  void aotCache_trainedWithTheAgent_isUsedWithIt(Jdk jdk) throws Exception {
    Path cache = folder.resolve("program.aot");
    ChildJvm.Outcome training =
        train(new ChildJvm(jdk.home()).withAgent().option("-XX:AOTCacheOutput=" + cache));
    assertThat(training.err()).contains("whorl: not started: this run trains an AOT cache");
    assertThat(cache).isNotEmptyFile();

    Kept.Run run =
        watched(new ChildJvm(jdk.home()).option("-XX:AOTCache=" + cache).option("-XX:AOTMode=on"));

    assertThat(run.outcome().err().lines()).as(run.outcome().err()).hasSize(1);
    assertThat(run.outcome().out()).doesNotContain("[aot]");
    assertDeeds(run);
  }

  private ChildJvm.Outcome train(ChildJvm jvm) throws Exception {
    Path work = Files.createDirectories(folder.resolve("training"));
    Files.createFile(work.resolve("done"));
    ChildJvm.Outcome outcome = jvm.withClassPath(jar).run(Dropper.class, work.toString());
    assertThat(outcome.exitStatus()).as(outcome.err()).isZero();
    return outcome;
  }

  private Kept.Run watched(ChildJvm jvm) throws Exception {
    Kept.Run run = new Kept(folder).run(jvm.withClassPath(jar), Dropper.class);
    assertThat(run.outcome().exitStatus()).as(run.outcome().err()).isZero();
    return run;
  }

  private static void assertDeeds(Kept.Run run) throws IOException {
    Path evidence = run.evidence();
    assertThat(evidence).as(run.outcome().err()).isNotNull();
    Seen seen = new Seen(Kept.events(evidence));
    seen.one("whorl.ProcessStart", Map.of("command", "/no/such/sh -c id"));
    assertThat(evidence.resolve("classes.ndjson")).content().contains(Dropper.class.getName());
  }
}
