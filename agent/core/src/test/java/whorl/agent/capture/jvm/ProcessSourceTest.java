package whorl.agent.capture.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.Captures;
import whorl.agent.capture.FakeRoot;
import whorl.agent.capture.RecordedOutput;
import whorl.agent.capture.kernel.ProcFs;
import whorl.agent.redact.Redactor;

class ProcessSourceTest {
  private static final String SECRET = "hunter2hunter2";

  @TempDir Path root;
  private final RecordedOutput out = new RecordedOutput();
  private final Properties properties = new Properties();
  private Map<String, String> environment = Map.of();

  @Test
  void collect_secrets_areMaskedEverywhere() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .file(
                "proc/self/cmdline",
                "java\0-Ddb.password=" + SECRET + "\0--token\0" + SECRET + "\0--port=1\0");
    properties.setProperty("spring.datasource.password", SECRET);
    properties.setProperty("url", "https://joe:" + SECRET + "@host/");
    properties.setProperty("java.version", "17");
    environment =
        Map.of(
            "JAVA_TOOL_OPTIONS",
            "-javaagent:/w.jar=service.name=shop,collector.token=" + SECRET,
            "WHORL_COLLECTOR_TOKEN",
            SECRET,
            "PATH",
            "/usr/bin");

    JsonNode process = collect(fake);

    assertThat(process.toString()).doesNotContain(SECRET);
    assertThat(process.at("/commandLine").toString())
        .isEqualTo("[\"java\",\"-Ddb.password=***\",\"--token\",\"***\",\"--port=1\"]");
    assertThat(process.at("/environment/JAVA_TOOL_OPTIONS").asText())
        .isEqualTo("-javaagent:/w.jar=service.name=shop,collector.token=***");
    assertThat(process.at("/environment/PATH").asText()).isEqualTo("/usr/bin");
    assertThat(process.at("/properties/java.version").asText()).isEqualTo("17");
  }

  @Test
  void collect_commandOfTheJvm_isMaskedArgumentByArgument() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .file(
                "proc/self/cmdline",
                "java\0-Xmx1g\0app.Main\0--password\0two words\0Cookie: a=b\0--port\00080\0");
    properties.setProperty(
        "sun.java.command", "app.Main --password two words Cookie: a=b --port 80");

    JsonNode process = collect(fake);

    assertThat(process.at("/properties/sun.java.command").asText())
        .startsWith("app.Main --password *** Cookie: ***");
  }

  @Test
  void collect_commandUnknownToTheKernel_isMaskedWordByWord() throws IOException {
    properties.setProperty("sun.java.command", "app.Main x-api-key: qzkm --secret zwtv --port 80");

    JsonNode process = collect(new FakeRoot(root).file("proc/self/cmdline", "java\0@file\0"));

    assertThat(process.at("/properties/sun.java.command").asText())
        .isEqualTo("app.Main x-api-key: *** --secret *** --port 80");
  }

  @Test
  void collect_kernelFiles_areRead() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .file(
                "proc/self/status",
                "Name:\tjava\nUid:\t65532\t65532\t65532\t65532\nGid:\t65532\t0\t0\t0\nGroups:\t1 2\n"
                    + "VmRSS:\t  204800 kB\nThreads:\t42\nCapEff:\t0000000000080400\n"
                    + "CapBnd:\t00000200ffffffff\nNoNewPrivs:\t1\nSeccomp:\t2\n")
            .file(
                "proc/self/smaps_rollup",
                "55-7f ---p 00000000 00:00 0 [rollup]\nRss: 200 kB\nPss:   199 kB\n")
            .file(
                "proc/self/limits",
                "Limit                     Soft Limit           Hard Limit           Units     \n"
                    + "Max open files            1024                 4096                 files"
                    + "     \nMax nice priority         0                    0                    \n")
            .file("proc/sys/kernel/hostname", "shop-7d9c\n")
            .file("proc/self/oom_score_adj", "996\n")
            .link("proc/self/ns/net", "net:[4026531833]");

    JsonNode process = collect(fake);

    assertThat(process.at("/user/uid").toString())
        .isEqualTo("[\"65532\",\"65532\",\"65532\",\"65532\"]");
    assertThat(process.at("/user/groups").toString()).isEqualTo("[\"1\",\"2\"]");
    assertThat(process.at("/rights/effective").toString())
        .isEqualTo("[\"CAP_NET_BIND_SERVICE\",\"CAP_SYS_PTRACE\"]");
    assertThat(process.at("/rights/bounding")).hasSize(33);
    assertThat(process.at("/rights/bounding").toString()).contains("CAP_41");
    assertThat(process.at("/rights/noNewPrivileges").asBoolean()).isTrue();
    assertThat(process.at("/rights/seccomp").asText()).isEqualTo("filter");
    assertThat(process.at("/memory/VmRSS").asText()).isEqualTo("204800 kB");
    assertThat(process.at("/memory/Pss").asText()).isEqualTo("199 kB");
    assertThat(process.at("/limits/0/soft").asText()).isEqualTo("1024");
    assertThat(process.at("/limits/1/name").asText()).isEqualTo("Max nice priority");
    assertThat(process.at("/host/hostname").asText()).isEqualTo("shop-7d9c");
    assertThat(process.at("/host/oomScoreAdjustment").asText()).isEqualTo("996");
    assertThat(process.at("/namespaces/net").asText()).isEqualTo("net:[4026531833]");
    assertThat(process.at("/checks/jdk.jfr").asBoolean()).isTrue();
  }

  @Test
  void collect_controlGroupV2_withinItsNamespace() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .file("proc/self/cgroup", "0::/\n")
            .file(
                "proc/self/mountinfo",
                "30 27 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n"
                    + "31 27 0:27 / /a\\040b rw - tmpfs tmp\\011fs rw,size=64k\nmalformed\n")
            .file("sys/fs/cgroup/memory.max", "536870912\n")
            .file("sys/fs/cgroup/memory.current", "1048576\n")
            .file("sys/fs/cgroup/cpu.max", "max 100000\n");

    JsonNode process = collect(fake);

    assertThat(process.at("/cgroups/files/memory.max").asText()).isEqualTo("536870912");
    assertThat(process.at("/cgroups/files/cpu.max").asText()).isEqualTo("max 100000");
    assertThat(process.at("/mounts/1/mountPoint").asText()).isEqualTo("/a b");
    assertThat(process.at("/mounts/1/source").asText()).isEqualTo("tmp\tfs");
    assertThat(process.at("/mounts")).hasSize(2);
  }

  @Test
  void collect_controlGroupV1_withoutNamespace() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .file("proc/self/cgroup", "4:memory:/docker/x/inner\n1:cpu,cpuacct:/docker/x\n0::/\n")
            .file(
                "proc/self/mountinfo",
                "35 31 0:32 /docker/x /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                    + "36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n")
            .file("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "100\n")
            .file("sys/fs/cgroup/cpu/docker/x/cpu.shares", "1024\n");

    JsonNode process = collect(fake);

    assertThat(process.at("/cgroups/files/memory.limit_in_bytes").asText()).isEqualTo("100");
    assertThat(process.at("/cgroups/files/cpu.shares").asText()).isEqualTo("1024");
  }

  @Test
  void collect_withoutProc_reportsWhatIsMissingAndCapturesTheRest() throws IOException {
    environment = Map.of("PATH", "/bin");

    JsonNode process = collect(new FakeRoot(root));

    assertThat(process.at("/environment/PATH").asText()).isEqualTo("/bin");
    assertThat(process.at("/heap/usedBytes").asLong()).isPositive();
    assertThat(out.missing)
        .containsKeys(
            "process.json commandLine",
            "process.json rights",
            "process.json cgroups",
            "process.json flags");
  }

  @Test
  void collect_hostileTexts_becomeValidJson() throws IOException {
    environment = Map.of("X\n\"\u0000", "\uD800\u2028");

    JsonNode process = collect(new FakeRoot(root));

    assertThat(process.at("/environment").get("X\n\"\u0000").asText()).isEqualTo("\uD800\u2028");
  }

  @Test
  void collect_propertiesReplacedByTheApplication_areNotRead() throws IOException {
    Properties own =
        new Properties() {
          @Override
          public synchronized void forEach(
              java.util.function.BiConsumer<? super Object, ? super Object> action) {
            throw new AssertionError("called the application's code");
          }
        };
    JvmView jvm = jvm(new FakeRoot(root), own);

    new ProcessSource(new ProcFs(root), jvm, Captures.AGENT, Map::of, Captures.CLOCK)
        .collect(Captures.context("process"), out);

    assertThat(out.missing.get("process.json properties")).contains("replaced the properties");
  }

  @Test
  void collect_valuesThatAreNoText_areShownByType() throws IOException {
    properties.put("odd", List.of());

    assertThat(collect(new FakeRoot(root)).at("/properties/odd").asText())
        .startsWith("(java.util.");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void collect_realProcess_hasEverySectionThatNeedsNoOpenPackage() throws IOException {
    properties.setProperty("java.home", System.getProperty("java.home"));

    JsonNode process = collect(new FakeRoot(Path.of("/")));

    assertThat(process.at("/commandLine")).isNotEmpty();
    assertThat(process.at("/pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(process.at("/mounts")).isNotEmpty();
    assertThat(process.at("/memory/VmRSS").asText()).endsWith(" kB");
    assertThat(process.at("/host/bootId").asText()).hasSize(36);
    assertThat(process.at("/java/java.home").asText()).isNotEmpty();
    assertThat(out.missing).containsOnlyKeys("process.json arguments", "process.json flags");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void collect_imageThatLeadsToADevice_isNotRead() throws IOException {
    Path home = Files.createDirectories(root.resolve("home"));
    Files.createSymbolicLink(home.resolve("release"), Path.of("/dev/zero"));
    properties.setProperty("java.home", "home");

    JsonNode process = collect(new FakeRoot(root));

    assertThat(process.has("java")).isFalse();
    assertThat(out.missing).containsKey("process.json java");
    assertThat(process.has("properties")).isTrue();
  }

  @Test
  void collect_imageWithAnEndlessFile_isReadInPart() throws IOException {
    Path home = Files.createDirectories(root.resolve("home"));
    try (RandomAccessFile release = new RandomAccessFile(home.resolve("release").toFile(), "rw")) {
      release.setLength(1L << 40);
    }
    properties.setProperty("java.home", "home");

    JsonNode process =
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> collect(new FakeRoot(root)));

    assertThat(process.at("/java/java.home").asText()).isEqualTo("home");
  }

  @Test
  void collect_defaultsOfTheApplication_areNotAsked() throws IOException {
    Properties defaults =
        new Properties() {
          @Override
          public String getProperty(String key) {
            throw new AssertionError("called the application's code");
          }
        };
    JvmView jvm = jvm(new FakeRoot(root), new Properties(defaults));

    new ProcessSource(new ProcFs(root), jvm, Captures.AGENT, Map::of, Captures.CLOCK)
        .collect(Captures.context("process"), out);

    assertThat(out.missing.get("process.json java")).contains("no regular file");
  }

  private JsonNode collect(FakeRoot fake) throws IOException {
    new ProcessSource(
            fake.proc(),
            jvm(fake, properties),
            Captures.AGENT,
            () -> Map.of("jdk.jfr", true),
            Captures.CLOCK)
        .collect(Captures.context("process"), out);
    return out.json(ProcessSource.NAME);
  }

  private JvmView jvm(FakeRoot fake, Properties table) {
    return new JvmView(
        fake.proc(),
        new Redactor(Captures.config("").redactKeys()),
        Captures.CLOSED,
        () -> table,
        () -> environment);
  }
}
