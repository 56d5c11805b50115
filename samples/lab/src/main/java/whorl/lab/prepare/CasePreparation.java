package whorl.lab.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.eclipse.aether.RepositoryException;
import org.jspecify.annotations.Nullable;
import whorl.lab.cases.CaseDescriptor;
import whorl.lab.cases.LabCase;
import whorl.lab.verdict.DatadogEvents;

/**
 * Resolves, compiles and unpacks what a case needs, while the network is still there; one case at a
 * time.
 */
public final class CasePreparation {
  /** The application's web server where a case names none. */
  private static final String TOMCAT = "org.apache.tomcat.embed:tomcat-embed-core:9.0.98";

  private static final String LDAP = "com.unboundid:unboundid-ldapsdk:6.0.11";

  private final Path root;
  private final MavenArtifacts artifacts;
  private final CaseCompiler compiler;

  public CasePreparation(Path root, MavenArtifacts artifacts) {
    this.root = root;
    this.artifacts = artifacts;
    this.compiler = new CaseCompiler(root.resolve("samples/lab/cases/common"));
  }

  /** Who watches a case, and for how long it runs. */
  public record Mode(Watcher watcher, int captureAfterSeconds, int trafficSeconds) {}

  public synchronized CasePlan prepare(LabCase one, int java, Path javaHome, Mode mode)
      throws IOException, RepositoryException {
    Path work = work(one, java);
    delete(work);
    Files.createDirectories(work.resolve("app"));
    CaseDescriptor descriptor = one.descriptor();
    List<Path> libraries = artifacts.classPath(libraries(one), descriptor.exclusions());
    Path app = work.resolve("classes/app");
    compiler.compileApplication(one.folder(), libraries, descriptor.compiler(), app);
    copyResources(one.folder(), app);
    for (String archive : descriptor.unpack()) {
      unpack(artifacts.file(archive), work.resolve("app"));
    }
    copyFiles(one, app, work.resolve("app"));
    for (String jar : descriptor.copies()) {
      Path file = artifacts.file(jar);
      Files.copy(file, work.resolve("app").resolve(file.getFileName()));
    }
    String main = descriptor.main() == null ? "App" : descriptor.main();
    return new CasePlan(
        one.kind(),
        one.name(),
        descriptor,
        java,
        javaHome.toString(),
        agent(mode.watcher()).toString(),
        root.resolve("collector-server/target/whorl-collector.jar").toString(),
        work.toString(),
        main,
        CaseCompiler.join(with(app, withInner(libraries, descriptor, work.resolve("app")))),
        attackClassPath(one, work, app, libraries),
        mode.watcher(),
        mode.captureAfterSeconds(),
        mode.trafficSeconds());
  }

  private Path agent(Watcher watcher) throws RepositoryException {
    return watcher == Watcher.DATADOG
        ? artifacts.file(DatadogEvents.AGENT)
        : root.resolve("agent/dist/target/whorl-agent.jar");
  }

  /** Its name says nothing about the attack, since alerts and findings quote paths in it. */
  private Path work(LabCase one, int java) {
    String folder = "w" + Integer.toHexString(one.name().hashCode());
    return root.resolve("samples/lab/target/work/" + java + "/" + folder);
  }

  private @Nullable String attackClassPath(LabCase one, Path work, Path app, List<Path> libraries)
      throws IOException, RepositoryException {
    if (CaseCompiler.attackSources(one.folder()).isEmpty()) {
      return null;
    }
    CaseDescriptor descriptor = one.descriptor();
    List<String> more = new ArrayList<>(descriptor.attackerLibraries());
    more.add(LDAP);
    List<Path> all = new ArrayList<>(libraries);
    all.addAll(artifacts.classPath(more, List.of()));
    Path attack = work.resolve("classes/attack");
    compiler.compileAttack(one.folder(), with(app, all), descriptor.compiler(), attack);
    return CaseCompiler.join(with(attack, with(app, all)));
  }

  /** Tomcat is added where the source uses the lab's web server. */
  private static List<String> libraries(LabCase one) throws IOException {
    List<String> libraries = new ArrayList<>(one.descriptor().libraries());
    Path source = one.folder().resolve("App.java");
    boolean usesWeb =
        Files.exists(source) && Files.readString(source).contains("whorl.lab.app.Web");
    if (usesWeb && libraries.stream().noneMatch(name -> name.contains(":tomcat-embed-core:"))) {
      libraries.add(TOMCAT);
    }
    return libraries;
  }

  private static List<Path> withInner(
      List<Path> libraries, CaseDescriptor descriptor, Path folder) {
    List<Path> all = new ArrayList<>(libraries);
    descriptor.classPath().forEach(jar -> all.add(folder.resolve(jar)));
    return all;
  }

  private static List<Path> with(Path first, List<Path> rest) {
    List<Path> all = new ArrayList<>();
    all.add(first);
    all.addAll(rest);
    return all;
  }

  /** What lies beside the sources is on the application's class path. */
  private static void copyResources(Path folder, Path app) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(CasePreparation::isResource).toList()) {
        Files.copy(file, app.resolve(file.getFileName()));
      }
    }
  }

  /** The files that the application finds in its folder; they replace those of an archive. */
  private static void copyFiles(LabCase one, Path classes, Path target) throws IOException {
    for (Map.Entry<String, List<String>> entry : one.descriptor().classFiles().entrySet()) {
      Path folder = Files.createDirectories(target.resolve(entry.getKey()));
      for (String name : entry.getValue()) {
        Files.copy(classes.resolve(name + ".class"), folder.resolve(name + ".class"));
      }
    }
    Path files = one.folder().resolve("files");
    if (Files.isDirectory(files)) {
      try (Stream<Path> all = Files.walk(files)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          Path copy = target.resolve(files.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static boolean isResource(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file) && !name.endsWith(".java") && !name.equals("case.yml");
  }

  private static void unpack(Path archive, Path folder) throws IOException {
    try (InputStream file = Files.newInputStream(archive);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException(archive + " has an entry outside its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(zip, target);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
