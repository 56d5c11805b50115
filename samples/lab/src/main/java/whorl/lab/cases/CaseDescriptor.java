package whorl.lab.cases;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@code case.yml} says.
 *
 * @param published where the technique was published: CVE numbers and addresses
 * @param libraries Maven coordinates of what the application runs on, {@code group:name:version},
 *     {@code group:name:type:version} or {@code group:name:type:classifier:version}
 * @param exclusions {@code group:name} of dependencies that are left out
 * @param attackerLibraries coordinates of what the attacker alone needs
 * @param unpack coordinates of archives that are unpacked into the application's folder
 * @param copies coordinates of jars that are copied into the application's folder as {@code
 *     name-version.jar}
 * @param classFiles folders of the application with the classes of the case that are copied there
 * @param classPath jars in the application's folder, such as those of an archive
 * @param ready a path that answers without an error when the application is ready; its open port is
 *     enough when absent
 * @param main the main class; {@code App} of the case's source when absent
 * @param arguments of the main class
 * @param jvm options of the application's JVM
 * @param attackerJvm options of the attacker's JVM
 * @param compiler options of the compiler
 * @param environment variables of the application's process
 * @param addresses further addresses that the loopback device has inside the namespace
 * @param java the versions on which the case is run; all when empty
 * @param requests sent by the runner: once in an attack, over and over in a workload
 * @param startSeconds how long the application may take until its port is open
 * @param startAgainOn an exit value after which the application is to be started once more, as its
 *     own launcher would do; 0 for none
 * @param seconds how long the traffic of a workload goes on
 */
public record CaseDescriptor(
    String title,
    String about,
    List<String> published,
    List<String> libraries,
    List<String> exclusions,
    List<String> attackerLibraries,
    List<String> unpack,
    List<String> copies,
    Map<String, List<String>> classFiles,
    List<String> classPath,
    @Nullable String ready,
    @Nullable String main,
    List<String> arguments,
    List<String> jvm,
    List<String> attackerJvm,
    List<String> compiler,
    Map<String, String> environment,
    List<String> addresses,
    List<Integer> java,
    List<SentRequest> requests,
    int startSeconds,
    int startAgainOn,
    int seconds,
    @JsonProperty("short") boolean inShortForm,
    Expectation expect) {

  private static final int START_SECONDS = 60;
  private static final int TRAFFIC_SECONDS = 30;

  public CaseDescriptor {
    Objects.requireNonNull(title, "title");
    about = about == null ? "" : about.strip();
    published = copy(published);
    libraries = copy(libraries);
    exclusions = copy(exclusions);
    attackerLibraries = copy(attackerLibraries);
    unpack = copy(unpack);
    copies = copy(copies);
    classPath = copy(classPath);
    classFiles = classFiles == null ? Map.of() : Map.copyOf(classFiles);
    arguments = copy(arguments);
    jvm = copy(jvm);
    attackerJvm = copy(attackerJvm);
    compiler = copy(compiler);
    environment = environment == null ? Map.of() : Map.copyOf(environment);
    addresses = copy(addresses);
    java = java == null ? List.of() : List.copyOf(java);
    requests = requests == null ? List.of() : List.copyOf(requests);
    startSeconds = startSeconds == 0 ? START_SECONDS : startSeconds;
    seconds = seconds == 0 ? TRAFFIC_SECONDS : seconds;
    expect = expect == null ? Expectation.NOTHING : expect;
  }

  private static List<String> copy(@Nullable List<String> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  public boolean runsOn(int version) {
    return java.isEmpty() || java.contains(version);
  }
}
