import { testScenarios } from '../order/scenario-tests.ts';
import { simScenarios } from '../order/scenarios/sim.ts';

testScenarios(simScenarios);
