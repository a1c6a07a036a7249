package io.sluice.app;

import io.sluice.app.cli.SluiceCommand;

/** The process's entry point. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        // The seam: app.runtime's runner takes this one's place.
        Runner runner = config -> {
            throw new IllegalStateException("no runtime in this build");
        };
        System.exit(SluiceCommand.commandLine(System.getenv(), runner).execute(arguments));
    }
}
