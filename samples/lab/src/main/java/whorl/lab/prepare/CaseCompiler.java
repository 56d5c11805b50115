package whorl.lab.prepare;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles the sources of a case; what they use of {@code cases/common} is compiled with them. */
final class CaseCompiler {
  private final Path common;

  CaseCompiler(Path common) {
    this.common = common;
  }

  /** The application: {@code App.java}, or nothing when the case has none. */
  void compileApplication(Path folder, List<Path> classPath, List<String> options, Path output)
      throws IOException {
    Files.createDirectories(output);
    Path source = folder.resolve("App.java");
    if (Files.exists(source)) {
      compile(List.of(source), classPath, options, output);
    }
  }

  /** What the attacker sends and runs: every other source of the folder. */
  void compileAttack(Path folder, List<Path> classPath, List<String> options, Path output)
      throws IOException {
    Files.createDirectories(output);
    List<Path> sources = attackSources(folder);
    if (!sources.isEmpty()) {
      compile(sources, classPath, options, output);
    }
  }

  static List<Path> attackSources(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("App.java"))
          .sorted()
          .toList();
    }
  }

  private void compile(List<Path> sources, List<Path> classPath, List<String> options, Path output)
      throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-source", "17", "-target", "17", "-nowarn"));
    if (!options.contains("-processor")) {
      arguments.add("-proc:none");
    }
    arguments.addAll(List.of("-Xlint:none", "-parameters", "-encoding", "UTF-8", "-g"));
    arguments.addAll(List.of("-sourcepath", common.toString(), "-implicit:class"));
    arguments.addAll(List.of("-d", output.toString(), "-cp", join(classPath)));
    arguments.addAll(options);
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  arguments,
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        throw new IOException("cannot compile " + sources + ":\n" + messages);
      }
    }
  }

  static String join(List<Path> classPath) {
    return classPath.stream()
        .map(Path::toString)
        .collect(Collectors.joining(java.io.File.pathSeparator));
  }
}
