package whorl.agent.hook.weave;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The holder class, compiled from its source and defined once in the JVM of the tests. */
public final class TestHolder {
  private static final Path SOURCES = Path.of("../bootstrap/src/holder/java");
  private static @Nullable Holder holder;

  private TestHolder() {}

  public static synchronized Holder of(Instrumentation instrumentation) throws Exception {
    if (holder == null) {
      holder = Holder.define(instrumentation, MethodHandles.lookup(), compiled());
    }
    return holder;
  }

  private static byte[] compiled() throws IOException {
    Path out = Files.createTempDirectory("holder");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-nowarn",
                "-XDstringConcat=inline",
                "--patch-module",
                "java.base=" + SOURCES,
                "-d",
                out.toString(),
                SOURCES.resolve("java/lang/WhorlHooks.java").toString());
    assertThat(status).isZero();
    return Files.readAllBytes(out.resolve("java/lang/WhorlHooks.class"));
  }
}
