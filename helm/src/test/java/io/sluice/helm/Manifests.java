package io.sluice.helm;

import java.util.List;
import java.util.stream.Collectors;

/**
 * All that the chart makes of some values.
 *
 * @param all in Helm's order
 */
record Manifests(List<Manifest> all) {

    static Manifests of(String rendered) {
        return new Manifests(Yaml.maps(rendered).stream().map(Manifest::new).toList());
    }

    /** Whether there is an object of this kind. */
    boolean has(String kind) {
        return all.stream().anyMatch(manifest -> manifest.kind().equals(kind));
    }

    /** The only one of its kind. */
    Manifest one(String kind) {
        List<Manifest> found =
                all.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
        if (found.size() != 1) {
            throw new AssertionError("expected: one " + kind + "; there are " + found);
        }
        return found.get(0);
    }

    /** By kind and name: {@code Service/r-sluice}; by kind alone when there is only one. */
    Manifest get(String reference) {
        int slash = reference.indexOf('/');
        if (slash < 0) {
            return one(reference);
        }
        return all.stream()
                .filter(manifest -> manifest.kind().equals(reference.substring(0, slash))
                        && manifest.name().equals(reference.substring(slash + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + reference + " among " + names()));
    }

    String names() {
        return all.stream().map(Manifest::toString).collect(Collectors.joining(", "));
    }

    /** The generated sluice.yaml. */
    String sluiceYaml() {
        return String.valueOf(get("ConfigMap/" + Chart.RELEASE + "-sluice").at("data.\"sluice.yaml\""));
    }
}
