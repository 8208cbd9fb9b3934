"""Muscles of OpenSim on a slider, whose length and velocity are set at will: the reference."""

import numpy as np
import opensim as osim

osim.Logger.removeFileSink()
osim.Logger.setLevelString("Error")

# max isometric force N, optimal fibre length m, tendon slack length m, pennation rad
MUSCLES = {
    "parallel": (900.0, 0.0858, 0.0535, 0.0),
    "pennate": (3500.0, 0.0500, 0.2500, 0.43),
    "long_tendon": (1500.0, 0.0600, 0.3800, 0.17),
    "long_fiber": (260.0, 0.1726, 0.1330, 0.05),
}
DAMPING = 0.01


class Slider:
    """A block on a slider that all muscles pull from the origin."""

    def __init__(self, muscle_class, **properties):
        self.model = osim.Model()
        block = osim.Body("block", 1.0, osim.Vec3(0), osim.Inertia(1.0))
        self.model.addBody(block)
        joint = osim.SliderJoint("slider", self.model.getGround(), block)
        joint.updCoordinate().setName("reach")
        self.model.addJoint(joint)
        for name, (force, fiber, tendon, pennation) in MUSCLES.items():
            muscle = muscle_class()
            muscle.setName(name)
            muscle.set_max_isometric_force(force)
            muscle.set_optimal_fiber_length(fiber)
            muscle.set_tendon_slack_length(tendon)
            muscle.set_pennation_angle_at_optimal(pennation)
            muscle.set_fiber_damping(DAMPING)
            for key, value in properties.items():
                getattr(muscle, f"set_{key}")(value)
            muscle.addNewPathPoint("origin", self.model.updGround(), osim.Vec3(0))
            muscle.addNewPathPoint("insertion", block, osim.Vec3(0))
            self.model.addForce(muscle)
        self.state = self.model.initSystem()
        self.reach = self.model.getCoordinateSet().get("reach")
        forces = self.model.getMuscles()
        self.muscles = {n: muscle_class.safeDownCast(forces.get(n)) for n in MUSCLES}

    def place(self, name, length, velocity, activation):
        """Give a muscle its state and leave the others where they are."""
        self.reach.setValue(self.state, float(length), False)
        self.reach.setSpeedValue(self.state, float(velocity))
        self.muscles[name].setActivation(self.state, float(activation))
        self.model.realizeDynamics(self.state)
        return self.muscles[name]

    def tendon_force(self, length, velocity, activation):
        """Forces of states of shape (muscle, state), N."""
        return self._each(lambda m: m.getTendonForce(self.state), length, velocity, activation)

    def equilibrium_force(self, length, velocity, activation):
        """Normalised tendon forces in OpenSim's own equilibrium, shape (muscle, state)."""

        def settled(muscle):
            muscle.computeInitialFiberEquilibrium(self.state)
            return muscle.getNormalizedTendonForce(self.state)

        return self._each(settled, length, velocity, activation)

    def activation_derivative(self, excitation, activation):
        """Time derivatives of the activation, 1/s, shape (muscle, state)."""
        result = np.empty(excitation.shape)
        for i, name in enumerate(MUSCLES):
            muscle = self.muscles[name]
            for k in range(excitation.shape[1]):
                muscle.setActivation(self.state, float(activation[i, k]))
                controls = osim.Vector(len(MUSCLES), 0.0)
                controls.set(i, float(excitation[i, k]))
                self.model.realizeVelocity(self.state)
                self.model.setControls(self.state, controls)
                self.model.realizeAcceleration(self.state)
                path = f"{muscle.getAbsolutePathString()}/activation"
                result[i, k] = self.model.getStateVariableDerivativeValue(self.state, path)
        return result

    def _each(self, ask, length, velocity, activation):
        result = np.empty(length.shape)
        for i, name in enumerate(MUSCLES):
            for k in range(length.shape[1]):
                muscle = self.place(name, length[i, k], velocity[i, k], activation[i, k])
                result[i, k] = ask(muscle)
        return result
