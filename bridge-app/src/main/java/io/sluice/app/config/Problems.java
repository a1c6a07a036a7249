package io.sluice.app.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong while a configuration is read, so that all of it is told at once. One thread. */
final class Problems {

    private final List<ConfigProblem> found = new ArrayList<>();

    void error(Place place, String path, String message) {
        found.add(new ConfigProblem(true, place, path, message));
    }

    void warning(Place place, String path, String message) {
        found.add(new ConfigProblem(false, place, path, message));
    }

    boolean hasErrors() {
        return found.stream().anyMatch(ConfigProblem::error);
    }

    List<ConfigProblem> sorted() {
        return found.stream().sorted().distinct().toList();
    }
}
