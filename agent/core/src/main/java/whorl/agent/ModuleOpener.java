package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import whorl.agent.capture.jvm.PackageOpener;

/** Opens packages through {@code Instrumentation.redefineModule}. */
record ModuleOpener(Instrumentation instrumentation) implements PackageOpener {
  @Override
  public void open(String module, String name) {
    open(ModuleLayer.boot().findModule(module).orElseThrow(), name);
  }

  /** Opens a package of a module of any layer. */
  void open(Module opened, String name) {
    Module ours = ModuleOpener.class.getModule();
    if (!opened.isOpen(name, ours)) {
      instrumentation.redefineModule(
          opened, Set.of(), Map.of(), Map.of(name, Set.of(ours)), Set.of(), Map.of());
    }
  }
}
