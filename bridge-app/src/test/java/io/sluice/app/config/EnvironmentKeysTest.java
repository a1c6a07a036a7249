package io.sluice.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.config.Tree.Branch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnvironmentKeysTest {

    private static final String NAME = "PLANT_2";

    @Test
    void noTwoKeysHaveOneVariable() {
        assertThat(EnvironmentKeys.all(ConfigLoader.ROOT))
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(30);
    }

    @Test
    void everyVariableMeansItsOwnKey() {
        Branch nothing = new Branch(Place.DEFAULT, Map.of());
        for (String leaf : EnvironmentKeys.leaves(ConfigLoader.ROOT)) {
            String variable =
                    EnvironmentKeys.PREFIX + EnvironmentKeys.form(leaf).replace("<NAME>", NAME);
            String name = leaf.startsWith("kafka.") ? "plant.2" : "plant-2";

            List<String> path = EnvironmentKeys.path(ConfigLoader.ROOT, nothing, variable);

            assertThat(path).as(variable).isNotNull();
            assertThat(String.join(".", path)).isEqualTo(leaf.replace("<NAME>", name));
        }
    }

    @Test
    void noVariableLooksLikeAServiceLink() {
        for (String variable : EnvironmentKeys.all(ConfigLoader.ROOT)) {
            assertThat(KubernetesServiceLinks.isName(variable.replace("<NAME>", NAME)))
                    .as(variable)
                    .isFalse();
        }
    }
}
