package whorl.agent.capture;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/** Class files of classes made at run time, whose bytes exist nowhere else. */
@FunctionalInterface
public interface GeneratedClassFiles {
  /**
   * One class.
   *
   * @param className such as {@code com.example.Foo}; several may share it
   * @param bytes the class file, not compressed
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record KeptClass(String className, Digest sha256, byte[] bytes) {}

  /** What is kept now; each element is only made when the iteration comes to it. */
  Iterable<KeptClass> kept();

  /**
   * As {@link #inspect(Class[])}.
   *
   * @param named classes that alerts speak of, whose bytes are brought first
   */
  default ClassInspection inspect(Class<?>[] loaded, NamedClasses named)
      throws InterruptedException {
    return inspect(loaded);
  }

  /**
   * A closer look at the loaded classes and at what is registered with servers. Runs on the
   * capture's own thread.
   */
  default ClassInspection inspect(Class<?>[] loaded) throws InterruptedException {
    return new ClassInspection() {
      @Override
      public @Nullable Origin origin(Class<?> type) {
        return null;
      }

      @Override
      public List<Registration> registrations() {
        return List.of();
      }

      @Override
      public Iterable<KeptClass> kept() {
        return GeneratedClassFiles.this.kept();
      }

      @Override
      public List<String> notes() {
        return List.of();
      }
    };
  }
}
