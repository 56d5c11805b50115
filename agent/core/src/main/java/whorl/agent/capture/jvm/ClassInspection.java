package whorl.agent.capture.jvm;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.GeneratedClassFiles.KeptClass;

/** The result of inspecting the classes of this JVM for one capture. */
public interface ClassInspection {
  /** Returns what is recorded about a class beyond the class itself; null if nothing. */
  @Nullable Origin origin(Class<?> type);

  /** Returns what the servers call, for {@code registrations.ndjson}. */
  List<Registration> registrations();

  /** Returns the class files to capture; each element is only created during the iteration. */
  Iterable<KeptClass> kept();

  /** Returns lines for the acquisition log. */
  List<String> notes();

  /**
   * How a class was defined.
   *
   * @param origin {@code loader}, {@code reflection}, {@code lookup}, {@code hidden}, {@code
   *     unsafe}, {@code proxy}, {@code agent}; null for an ordinary class
   * @param generator the known library that generated it
   * @param sha256 of its class file as passed to the JVM; null if that is not stored
   * @param request id of the request on whose thread it was defined
   * @param stack of the thread that defined it, innermost frame first
   */
  record Origin(
      @Nullable String origin,
      @Nullable String generator,
      @Nullable String sha256,
      @Nullable Instant definedAt,
      @Nullable String request,
      List<String> stack,
      List<Finding> findings) {}

  /**
   * What is suspicious about a class.
   *
   * @param kind {@code made-class}, {@code changed-class}, {@code misplaced-class}, or how it is
   *     registered: {@code filter}, {@code valve}, {@code thread}…
   * @param severity {@code medium}, {@code high}, {@code critical}
   * @param target what it is called for, such as a URL pattern
   */
  record Finding(String kind, String severity, String reason, @Nullable String target) {}

  /**
   * One live registration.
   *
   * @param container the class of the object that it is registered with
   * @param registeredAt time of registration; null if that was before the server had started
   * @param request id of the request on whose thread it was registered
   */
  record Registration(
      String kind,
      String className,
      String loader,
      @Nullable String target,
      String container,
      @Nullable String codeSource,
      @Nullable String origin,
      @Nullable String generator,
      @Nullable String sha256,
      @Nullable Instant registeredAt,
      @Nullable String request,
      @Nullable Finding finding) {}
}
