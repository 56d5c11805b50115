package whorl.agent.capture;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.GeneratedClassFiles.KeptClass;

/** What a closer look at the classes of this JVM has brought; made for one capture. */
public interface ClassInspection {
  /** Of a class, beyond what the class itself says; null when there is nothing. */
  @Nullable Origin origin(Class<?> type);

  /** What the servers call, a line each of {@code registrations.ndjson}. */
  List<Registration> registrations();

  /** Class files to bring; each element is only made when the iteration comes to it. */
  Iterable<KeptClass> kept();

  /** What the acquisition log should know. */
  List<String> notes();

  /**
   * How a class came to be.
   *
   * @param origin {@code loader}, {@code reflection}, {@code lookup}, {@code hidden}, {@code
   *     unsafe}, {@code proxy}, {@code agent}; null when it came the ordinary way
   * @param generator the known library that made it
   * @param sha256 of its class file as handed in; null when that is not kept
   * @param request id of the request on whose thread it was made
   * @param stack of the thread that made it, innermost frame first
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
   * What is wrong with a class.
   *
   * @param kind {@code made-class}, {@code changed-class}, {@code misplaced-class}, or what it is
   *     registered as: {@code filter}, {@code valve}, {@code thread}…
   * @param severity {@code medium}, {@code high}, {@code critical}
   * @param target what it is called for, such as a URL pattern
   */
  record Finding(String kind, String severity, String reason, @Nullable String target) {}

  /**
   * One live registration.
   *
   * @param container the class of what it is registered with
   * @param registeredAt when it was, if that was after the server had started
   * @param request id of the request on whose thread it was
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
