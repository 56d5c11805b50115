package whorl.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> variables = new HashMap<>();

  @Test
  void load_nothingSet_givesTheDefaults() {
    AgentConfig config = load(null);

    assertThat(config.enabled()).isTrue();
    assertThat(config.collector().url()).isNull();
    assertThat(config.recording().maxAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.recording().maxSizeBytes()).isEqualTo(24L << 20);
    assertThat(config.capture().onExit()).isEqualTo(AgentConfig.OnExit.ABNORMAL);
    assertThat(config.heap().mode()).isEqualTo(AgentConfig.HeapMode.ON_REQUEST);
    assertThat(config.problems()).isEmpty();
  }

  @Test
  void load_sameKeyInAllSources_takesTheStrongest(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("whorl.properties"), "service.name=file");
    variables.put("WHORL_CONFIG", file.toString());
    assertThat(load(null).service().name()).isEqualTo("file");

    variables.put("WHORL_SERVICE_NAME", "variable");
    assertThat(load(null).service().name()).isEqualTo("variable");

    properties.put("whorl.service.name", "property");
    assertThat(load(null).service().name()).isEqualTo("property");

    assertThat(load("service.name=argument").service().name()).isEqualTo("argument");
  }

  @Test
  void load_typo_namesItAndUsesTheDefault() {
    variables.put("WHORL_CAPTURE_AFTER", "5 parsecs");

    AgentConfig config = load("recordng.max-age=5m");

    assertThat(config.capture().after()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.problems())
        .anySatisfy(p -> assertThat(p).contains("capture.after=5 parsecs", "using 5s"))
        .anySatisfy(p -> assertThat(p).contains("recordng.max-age", "no such setting"))
        .hasSize(2);
  }

  @Test
  void load_recordingOrSpoolWithoutAgeOrSize_isRefused() {
    AgentConfig config = load("recording.max-age=0m,recording.max-size=0,spool.max-size=0");

    assertThat(config.recording().maxAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.recording().maxSizeBytes()).isEqualTo(24L << 20);
    assertThat(config.problems())
        .anySatisfy(p -> assertThat(p).contains("recording.max-age=0m", "more than 0"))
        .anySatisfy(p -> assertThat(p).contains("recording.max-size=0", "more than 0"))
        .anySatisfy(p -> assertThat(p).contains("spool.max-size=0", "using 1GiB"))
        .hasSize(3);
  }

  @Test
  void load_listWithCommasInArguments_staysWhole() {
    AgentConfig config = load("hooks.disabled=file,socket,service.name=shop,heap=off");

    assertThat(config.hooksDisabled()).containsExactlyInAnyOrder("file", "socket");
    assertThat(config.service().name()).isEqualTo("shop");
    assertThat(config.heap().mode()).isEqualTo(AgentConfig.HeapMode.OFF);
  }

  @Test
  void load_token_isShownNowhere() {
    variables.put("WHORL_COLLECTOR_TOKEN", "very-secret-token");
    variables.put("WHORL_COLLECTOR_URL", "https://collector:7117");

    AgentConfig config = load(null);

    assertThat(config.collector().url()).isEqualTo(URI.create("https://collector:7117"));
    assertThat(config.toString()).doesNotContain("very-secret-token");
    assertThat(config.collector().token().reveal()).isEqualTo("very-secret-token");
  }

  @Test
  void load_unknownHookAndBadUrlAndBadLabels_areThreeProblems() {
    AgentConfig config = load("hooks.disabled=teapot,collector.url=ftp://x,service.labels=team");

    assertThat(config.hooksDisabled()).isEmpty();
    assertThat(config.collector().url()).isNull();
    assertThat(config.service().labels()).isEmpty();
    assertThat(config.problems()).hasSize(3);
  }

  @Test
  void load_everyHookWord_isKnown() {
    for (HookGroup one : HookGroup.values()) {
      AgentConfig config = load("hooks.disabled=" + one.word());

      assertThat(config.hooksDisabled()).containsExactly(one.word());
      assertThat(config.problems()).isEmpty();
    }
  }

  @Test
  void load_badElementOfAnyList_onlyThatIsLeftOut() {
    variables.put("WHORL_HOOKS_DISABLED", " File,teapot,, memory ,file,DNS");
    variables.put("WHORL_SERVICE_LABELS", "team=a, tier ,=x,zone = b ,,team=c");
    variables.put("WHORL_RULES_PATH", "/a, /b\0 ,/c");
    variables.put("WHORL_RULES_DISABLED", ", one,,two , one");
    variables.put("WHORL_REDACT_KEYS", "pin,, pin , tan");

    AgentConfig config = load(null);

    assertThat(config.hooksDisabled()).containsExactly("file", "memory", "dns");
    assertThat(config.service().labels()).isEqualTo(Map.of("team", "c", "zone", "b"));
    assertThat(config.rules().path()).containsExactly(Path.of("/a"), Path.of("/c"));
    assertThat(config.rules().disabled()).containsExactly("one", "two");
    assertThat(config.redactKeys()).containsExactly("pin", "tan");
    assertThat(config.problems())
        .anySatisfy(p -> assertThat(p).contains("hooks.disabled=teapot", "no such hook"))
        .anySatisfy(p -> assertThat(p).contains("service.labels=tier", "k=v"))
        .anySatisfy(p -> assertThat(p).contains("service.labels= (", "k=v"))
        .anySatisfy(p -> assertThat(p).contains("rules.path=/b", "not a path"))
        .hasSize(4);
  }

  @Test
  void load_thresholds_badOnesAreLeftOutAndNamed() {
    AgentConfig config =
        load("capture.thresholds=Heap=90%, threads=2000,cpu=95,descriptors=101%,disk=3%,heap");

    assertThat(config.capture().thresholds())
        .isEqualTo(Map.of(AgentConfig.Reading.HEAP, 90, AgentConfig.Reading.THREADS, 2000));
    assertThat(config.problems())
        .anySatisfy(p -> assertThat(p).contains("thresholds=cpu", "a percentage from 1% to 100%"))
        .anySatisfy(p -> assertThat(p).contains("thresholds=descriptors"))
        .anySatisfy(p -> assertThat(p).contains("thresholds=disk", "heap=N%"))
        .hasSize(4);
  }

  @Test
  void load_hookWordsOnSeparateLines_areAList() {
    variables.put("WHORL_HOOKS_DISABLED", "file\nsocket dns");

    assertThat(load(null).hooksDisabled()).containsExactly("file", "socket", "dns");
  }

  @Test
  void load_mistypedKeyBeforeASecret_showsOnlyTheKey() {
    AgentConfig config =
        load("colector.token=hunter2,service.name=shop,colector.token=hunter3,heap=off");

    assertThat(config.service().name()).isEqualTo("shop");
    assertThat(config.heap().mode()).isEqualTo(AgentConfig.HeapMode.OFF);
    assertThat(config.problems())
        .hasSize(2)
        .allSatisfy(p -> assertThat(p).contains("colector.token").doesNotContain("hunter"));
  }

  @Test
  void load_mistypedKeyWithinAList_isABadElementWithoutItsValue() {
    AgentConfig config = load("hooks.disabled=file,colector.token=hunter2");

    assertThat(config.hooksDisabled()).containsExactly("file");
    assertThat(config.problems())
        .singleElement()
        .asString()
        .contains("colector.token")
        .doesNotContain("hunter2");
  }

  @Test
  void load_manyBadElements_areNamedWithinBoundsAndOnOneLine() {
    variables.put(
        "WHORL_SERVICE_LABELS",
        ("x\ny" + "z".repeat(500) + ",").repeat(1) + "a,b,c,d,e,f,g,h,i,j,k,l");
    variables.put("WHORL_COLLECTOR_URL", "ftp://me:hunter2@host\n/");

    AgentConfig config = load(null);

    assertThat(config.problems()).hasSize(9);
    assertThat(String.join("; ", config.problems()))
        .hasSizeLessThan(2_000)
        .doesNotContain("\n", "hunter2");
  }

  @Test
  void load_invalidRecipient_isKept_andDoesNotCountAsNone() {
    AgentConfig config = load("evidence.recipient=age1xyz");

    assertThat(config.evidenceRecipient()).isEqualTo("age1xyz");
    assertThat(config.problems()).isEmpty();
  }

  @Test
  void load_missingFile_isOnlyAProblem() {
    AgentConfig config = load("config=/no/such/file");

    assertThat(config.problems()).singleElement().asString().contains("/no/such/file");
    assertThat(config.enabled()).isTrue();
  }

  private AgentConfig load(String arguments) {
    return ConfigLoader.load(arguments, properties::get, variables::get);
  }
}
