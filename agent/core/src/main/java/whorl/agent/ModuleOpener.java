package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import whorl.agent.capture.PackageOpener;

/** Opens packages through {@code Instrumentation.redefineModule}. */
record ModuleOpener(Instrumentation instrumentation) implements PackageOpener {
  @Override
  public void open(String module, String name) {
    Module opened = ModuleLayer.boot().findModule(module).orElseThrow();
    Module ours = ModuleOpener.class.getModule();
    if (!opened.isOpen(name, ours)) {
      instrumentation.redefineModule(
          opened, Set.of(), Map.of(), Map.of(name, Set.of(ours)), Set.of(), Map.of());
    }
  }
}
